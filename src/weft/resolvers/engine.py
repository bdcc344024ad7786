"""Executes GraphQL: one engine a schema, shared by all transports. Nothing but RequestError leaves it as an exception:
whatever fails inside an operation becomes a coded error of its result."""

import asyncio
import logging
import os
from collections.abc import AsyncIterable, Awaitable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, cast

import strawberry
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLFormattedError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)
from graphql import execution as graphql_execution
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from weft.resolvers.compiled import USES_BEFORE_COMPILING, Plan
from weft.resolvers.cost import check_cost
from weft.resolvers.deadlines import ANSWER_DEADLINE, DEADLINE, Clock
from weft.resolvers.document_list import DocumentList
from weft.resolvers.documents import Document, Documents
from weft.resolvers.encoding import encode
from weft.resolvers.errors import Code, RequestError, formatted, masked, refusal, with_code
from weft.resolvers.late import Late
from weft.resolvers.limits import Limits
from weft.resolvers.privileges import ALL, Privileges

_log = logging.getLogger(__name__)

# graphql-core's executor is generic in ways that no type checker follows: it is `Any` here and nowhere else.
_EXECUTOR: Any = StrawberryGraphQLCoreExecutionContext
_OPEN_SOURCE: Any = cast(Any, graphql_execution).create_source_event_stream


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for, checked for shape only. `document_id` is the SHA-256 of the query, in hex; one of the two
    is there."""

    query: str | None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A request whose document is valid and whose operation is known."""

    document: Document
    definition: OperationDefinitionNode
    request: Request
    privileges: Privileges = ALL

    @property
    def is_subscription(self) -> bool:
        return self.definition.operation is OperationType.SUBSCRIPTION

    @property
    def is_mutation(self) -> bool:
        return self.definition.operation is OperationType.MUTATION


@dataclass(frozen=True, slots=True)
class Result:
    """`executed` is false when the request was refused: then there is no `data`, not even null."""

    data: Any
    errors: list[GraphQLFormattedError]
    executed: bool = True

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"errors": self.errors} if self.errors else {}
        if self.executed:
            body["data"] = self.data
        return body

    def encoded(self) -> bytes:
        """The body as JSON; a value that JSON has no form for makes it an internal error."""
        try:
            return encode(self.body())
        except (TypeError, ValueError, RecursionError) as error:
            return encode(Result(None, [masked(error)]).body())

    @staticmethod
    def refused(error: RequestError) -> "Result":
        return Result(None, formatted(error.errors), executed=False)

    @staticmethod
    def of(result: ExecutionResult) -> "Result":
        return Result(result.data, formatted(result.errors or ()))


class Subscription:
    """A subscription that has started: `source` yields events, `result` executes the selection on one of them."""

    def __init__(
        self, operation: Operation, context: object, source: AsyncIterable[Any], late: Late, plan: Plan | None
    ) -> None:
        self.operation = operation
        self.context = context
        self.source = source
        self._late = late
        self._plan = plan

    def result(self, event: Any) -> Result | Awaitable[Result]:
        """The result for one event; awaitable only if a resolver below was async."""
        late = Late(lambda: self._late.executor.build_per_event_executor(event), self.context, self._late.values)
        return _run(self._plan, late, event)


def _run(plan: Plan | None, late: Late, root_value: Any) -> Result | Awaitable[Result]:
    if plan is None:
        return _in_graphql_core(late.executor)
    try:
        data = plan.run(late, root_value)
    except Exception as error:
        return _fall_back(late, error)
    return Result(data, []) if isinstance(data, dict) else _run_later(data, late)


async def _run_later(data: Awaitable[dict[str, Any]], late: Late) -> Result:
    try:
        return Result(await data, [])
    except Exception as error:
        result = _fall_back(late, error)
        return result if isinstance(result, Result) else await result


def _fall_back(late: Late, why: Exception) -> Result | Awaitable[Result]:
    _log.debug("A compiled operation is executed by graphql-core instead", exc_info=why)
    return _in_graphql_core(late.executor)


def _in_graphql_core(executor: Any) -> Result | Awaitable[Result]:
    """Serially only mutations."""
    outcome = executor.execute_operation()
    return _awaited(outcome) if isawaitable(outcome) else Result.of(outcome)


async def _awaited(outcome: Awaitable[Any]) -> Result:
    return Result.of(await outcome)


def _compiles_by_default() -> bool:
    return os.environ.get("WEFT_COMPILED_OPERATIONS", "1") != "0"


class Engine:
    """`compiled=False`, or WEFT_COMPILED_OPERATIONS=0, leaves all execution to graphql-core. `listed`: the documents
    that those are held to who may not execute any."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        limits: Limits | None = None,
        deadline: float = DEADLINE,
        answer_deadline: float = ANSWER_DEADLINE,
        compiled: bool | None = None,
        listed: DocumentList | None = None,
    ) -> None:
        self.schema: GraphQLSchema = schema._schema  # pyright: ignore[reportPrivateUsage]
        self.deadline = deadline
        self.answer_deadline = answer_deadline
        self._compiled = _compiles_by_default() if compiled is None else compiled
        limits = limits or Limits()
        self._most_cost = limits.cost
        self._documents = Documents(self.schema, limits, listed)

    def prepare(self, request: Request, privileges: Privileges = ALL) -> Operation:
        """Raises RequestError: the document is bad, names no such operation, may answer with too much,
        or is not for whoever asks."""
        document = self._documents.find(request.query, request.document_id, privileges)
        operation = document.operation(request.operation_name)
        check_cost(document.cost(self.schema, operation), request.variables, self._most_cost)
        return Operation(document, operation, request, privileges)

    async def execute(self, operation: Operation, context: object) -> Result:
        """Runs a query or mutation to its end, or to the deadline."""
        if operation.is_subscription:
            raise refusal("Subscriptions are served over WebSocket (graphql-transport-ws)")
        late = self._late(operation, context)
        clock = Clock(self.deadline, self.answer_deadline)
        try:
            async with clock:
                result = _run(self._plan(operation, late), late, None)
                return result if isinstance(result, Result) else await result
        except Exception as error:
            if clock.expired:
                raise _too_late(clock.limit) from None
            return Result(None, [masked(error)])

    async def subscribe(self, operation: Operation, context: object) -> Subscription:
        """Starts a subscription. Raises RequestError when it cannot: no such thread, a bad cursor."""
        late = self._late(operation, context)
        try:
            async with asyncio.timeout(self.deadline):
                opened = _OPEN_SOURCE(late.executor)
                source = await opened if isawaitable(opened) else opened
        except TimeoutError:
            raise _too_late(self.deadline) from None
        if isinstance(source, ExecutionResult):
            raise RequestError(source.errors or ())
        return Subscription(operation, context, source, late.anew(), self._plan(operation, late))

    def _plan(self, operation: Operation, late: Late) -> Plan | None:
        """Subscriptions are compiled when they are first seen: they always pay for it."""
        if not self._compiled:
            return None
        if not operation.is_subscription and operation.document.uses <= USES_BEFORE_COMPILING:
            return None
        return operation.document.plans.get(operation.definition, late)

    def _late(self, operation: Operation, context: object) -> Late:
        """Raises RequestError for variables that are not of their types."""
        definition = operation.definition
        values = operation.document.variables[id(definition)].coerced(operation.request.variables)
        late = Late(lambda: self._executor(operation, context), context, values)
        if values is None:
            late.executor  # noqa: B018
        return late

    def _executor(self, operation: Operation, context: object) -> Any:
        built = _EXECUTOR.build(
            self.schema,
            operation.document.ast,
            None,
            context,
            dict(operation.request.variables),
            operation.request.operation_name,
            hide_suggestions=not operation.privileges.explore,
        )
        if isinstance(built, list):
            raise with_code(cast(list[GraphQLError], built), Code.BAD_USER_INPUT)
        return built


def _too_late(seconds: float) -> RequestError:
    return refusal(f"The operation took longer than {seconds:g} s", Code.DEADLINE_EXCEEDED)

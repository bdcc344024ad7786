"""What a client is told of an error: a code of one closed list. What is not meant for clients is masked and logged."""

import logging
from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import uuid4

from graphql import GraphQLError, GraphQLFormattedError
from strawberry.exceptions import StrawberryInputCoercionError

from weft.errors import (
    ErrorCode,
    ForbiddenError,
    InputError,
    ProviderError,
    RateLimitedError,
    UnauthenticatedError,
    UnavailableError,
)

_log = logging.getLogger(__name__)


class Code(StrEnum):
    """`extensions.code` of a top-level error."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    THROTTLED = "THROTTLED"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"


_CODES = frozenset(Code)


class RequestError(Exception):
    """The request was refused before anything of it was executed; `errors` say why, each with its code."""

    def __init__(self, errors: Iterable[GraphQLError]) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(error.message for error in self.errors))


def refusal(message: str, code: Code = Code.BAD_USER_INPUT) -> RequestError:
    """A refusal with one error."""
    return RequestError([GraphQLError(message, extensions={"code": code.value})])


def with_code(errors: Iterable[GraphQLError], code: Code) -> RequestError:
    """The errors as a refusal; those without a code get `code`."""
    given = list(errors)
    for error in given:
        error.extensions = {"code": code.value, **(error.extensions or {})}
    return RequestError(given)


def formatted(errors: Iterable[GraphQLError]) -> list[GraphQLFormattedError]:
    """The errors as the client sees them."""
    return [_formatted(error) for error in errors]


def masked(cause: BaseException | None, **about: Any) -> GraphQLFormattedError:
    """Logs the cause under a new id and returns what the client sees instead of it."""
    error_id = uuid4().hex
    _log.error("Internal error %s", error_id, exc_info=cause, extra={"error_id": error_id, **about})
    return {"message": "Internal error", "extensions": {"code": Code.INTERNAL.value, "errorId": error_id}}


def told_of(error: Exception) -> GraphQLFormattedError:
    """What the client sees of an error that was raised outside of any field."""
    return _formatted(GraphQLError(str(error), original_error=error))


def _formatted(error: GraphQLError) -> GraphQLFormattedError:
    chain = [error]
    while isinstance(cause := chain[-1].original_error, GraphQLError):
        chain.append(cause)
    located = error.formatted
    extensions = _of_graphql_errors(chain) if cause is None else _of_cause(cause)
    if extensions is None:
        return located | masked(cause or chain[-1], path=error.path)
    return {**located, "extensions": extensions}


def _of_cause(cause: Exception) -> dict[str, Any] | None:
    """None: the cause is not meant for clients."""
    match cause:
        case InputError():
            code = Code.NOT_FOUND if cause.reason is ErrorCode.NOT_FOUND else Code.BAD_USER_INPUT
            path = {"path": list(cause.path)} if cause.path else {}
            return {"code": code.value, "reason": cause.reason.value, **path}
        case UnauthenticatedError():
            return {"code": Code.UNAUTHENTICATED.value}
        case ForbiddenError():
            return {"code": Code.FORBIDDEN.value, **({"path": list(cause.path)} if cause.path else {})}
        case RateLimitedError():
            return {"code": Code.THROTTLED.value, "retryAfterMs": cause.retry_after * 1000}
        case UnavailableError():
            return {"code": Code.UNAVAILABLE.value}
        case ProviderError():
            known = {"providerCode": cause.provider_code, "httpStatus": cause.http_status}
            return {"code": Code.UNAVAILABLE.value, **{k: v for k, v in known.items() if v is not None}}
        case _:
            return None


def _of_graphql_errors(chain: list[GraphQLError]) -> dict[str, Any] | None:
    """Ours carry a code. Of those graphql-core makes while it executes, only an argument's is the caller's fault."""
    for error in chain:
        if error.extensions and error.extensions.get("code") in _CODES:
            return error.extensions
        if isinstance(error, StrawberryInputCoercionError) or error.message.startswith("Argument "):
            return {"code": Code.BAD_USER_INPUT.value}
    return None

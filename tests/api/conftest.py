"""The API without a transport: the schema on the engine, over a real Weft with a model that plays a script."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from inspect import isawaitable
from typing import Any

import pytest_asyncio

from weft.agents.access.seen import seen_by
from weft.agents.agent import Agent
from weft.agents.weft import Weft
from weft.resolvers.engine import Engine, Request
from weft.resolvers.root import schema
from weft.schema.context import Context, Viewer
from weft.storage.store import Store
from weft.storage.types import Client, Database
from weft.testing import ScriptedModel

DEADLINE = 40.0


class Api:
    """Runs documents as user u1 would; every wait has a deadline."""

    def __init__(self, weft: Weft, model: ScriptedModel) -> None:
        self.weft = weft
        self.model = model
        self._engine = Engine(schema)
        self._context = Context(weft, Viewer("u1", ("service",)))

    async def __call__(self, document: str, **variables: Any) -> Any:
        """The data of a query or mutation that has no top-level errors."""
        body = await self._execute(document, variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def error(self, document: str, **variables: Any) -> tuple[str, str]:
        """The one top-level error: its code and message."""
        error = await self.whole_error(document, **variables)
        return error["extensions"]["code"], error["message"]

    async def whole_error(self, document: str, **variables: Any) -> dict[str, Any]:
        """The one top-level error, with its extensions."""
        (error,) = (await self._execute(document, variables))["errors"]
        return dict(error)

    def executed_by(self, engine: Engine) -> "Api":
        """The same world, on another engine."""
        other = Api(self.weft, self.model)
        other._engine = engine
        return other

    def as_seen_by(self, viewer: Viewer) -> "Api":
        """The same world, for somebody else."""
        other = Api(self.weft, self.model)
        other._context = Context(seen_by(self.weft, viewer), viewer)
        return other

    async def refusal(self, mutation: str, **variables: Any) -> tuple[str, list[str] | None, str]:
        """The one user error of a mutation's only field: code, path, message. Its other fields are null or empty."""
        (payload,) = (await self(mutation, **variables)).values()
        (error,) = payload.pop("userErrors")
        assert not any(payload.values())
        return error["code"], error["path"], error["errorMessage"]

    @asynccontextmanager
    async def follow(self, document: str, **variables: Any) -> AsyncGenerator[Callable[[], Any], None]:
        """Starts a subscription; what it gives, awaited, is the value of its field in the next event."""
        started = await self._engine.subscribe(self._engine.prepare(Request(document, None, variables)), self._context)
        source: Any = started.source
        events: AsyncIterator[Any] = aiter(source)

        async def following() -> Any:
            async with asyncio.timeout(DEADLINE):
                outcome = started.result(await anext(events))
                result = (await outcome) if isawaitable(outcome) else outcome
            assert not result.errors, result.errors
            (value,) = result.data.values()
            return value

        try:
            yield following
        finally:
            await source.aclose()

    async def until(self, following: Callable[[], Any], typename: str, **wanted: Any) -> list[Mapping[str, Any]]:
        """All events up to the first with this type and these values."""
        events: list[Mapping[str, Any]] = []
        while True:
            events.append(await following())
            if events[-1]["__typename"] == typename and wanted.items() <= events[-1].items():
                return events

    async def new_thread(self, **fields: Any) -> str:
        document = "mutation($input: CreateThreadInput!) { createThread(input: $input) { thread { id } } }"
        id_: str = (await self(document, input=fields))["createThread"]["thread"]["id"]
        return id_

    async def answered(self, thread_id: str, generation_id: str) -> None:
        """Returns when the generation has ended."""
        document = """subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) {
          __typename ... on GenerationChanged { generation { id endedAt } } } }"""
        cursor = (await self("query($id: ID!) { thread(id: $id) { cursor } }", id=thread_id))["thread"]["cursor"]
        found = "query($id: ID!) { generation(id: $id) { endedAt } }"
        async with self.follow(document, id=thread_id, after=cursor) as following:
            while not (await self(found, id=generation_id))["generation"]["endedAt"]:
                await following()

    async def _execute(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        result = await self._engine.execute(self._engine.prepare(Request(document, None, variables)), self._context)
        return result.body()


@pytest_asyncio.fixture(loop_scope="session")
async def start(db: Database) -> AsyncGenerator[Callable[..., Any], None]:
    """Starts Weft with one agent, named support, whose model plays the given answers."""
    async with AsyncExitStack() as stack:

        async def started(*answers: Any, work: bool = True, on: Database = db, **fields: Any) -> Api:
            """`fields` are further ones of the agent; `on`: the same database by another client."""
            model = ScriptedModel(answers or ["Hello there"], repeat=not answers)
            given: dict[str, Any] = {"instructions": "Help", **fields}
            agent = Agent("support", model=model, **given)
            return Api(await stack.enter_async_context(Weft(Store(on), [agent], work=work)), model)

        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def api(start: Callable[..., Any]) -> Api:
    """Weft whose agent says "Hello there" to everything."""
    started: Api = await start()
    return started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def common(client: Client) -> AsyncGenerator[Api, None]:
    """One Weft for all tests that only look at answers of their own and at refusals: starting costs time."""
    database = client[f"test_{uuid.uuid4().hex}"]
    model = ScriptedModel(["Hello there"], repeat=True)
    async with Weft(Store(database), [Agent("support", model=model, instructions="Help")]) as weft:
        yield Api(weft, model)
    await client.drop_database(database)

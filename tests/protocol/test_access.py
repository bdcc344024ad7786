"""Who follows a thread and then may not any more is let go at that very event, and told nothing that comes after it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest_asyncio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from tests.protocol.client import Client, ready
from tests.protocol.world import address, serve

from weft.agents.access.access import Authorize
from weft.agents.access.seen import seen_by
from weft.agents.weft import Weft
from weft.resolvers.engine import Engine
from weft.resolvers.outgoing import DirectSend
from weft.resolvers.root import schema
from weft.resolvers.routes import graphql_routes
from weft.schema.context import Context
from weft.storage.store import Store
from weft.storage.types import Database
from weft.threads.threads import Thread
from weft.threads.viewers import Action, Scope, Viewer

FOLLOW = """subscription($thread: ID!) { threadEvents(threadId: $thread) {
  __typename ... on StreamAdvanced { delta { start end } } ... on ThreadChanged { thread { userId title } } } }"""

Serving = Callable[..., Awaitable[str]]


def viewer_of(connection: HTTPConnection) -> Viewer:
    name = connection.headers["x-user"]
    return Viewer(scopes=(Scope.SERVICE,)) if name == "service" else Viewer(name, (Scope.USER,))


@pytest_asyncio.fixture(loop_scope="session")
async def weft(db: Database) -> AsyncGenerator[Weft, None]:
    async with Weft(Store(db), work=False) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def serving(weft: Weft) -> AsyncGenerator[Serving, None]:
    """Serves Weft with an application's rule, or without one; returns the address."""
    async with AsyncExitStack() as stack:

        async def started(authorize: Authorize | None = None) -> str:
            async def context(connection: HTTPConnection) -> Context:
                viewer = viewer_of(connection)
                return Context(seen_by(weft, viewer, authorize), viewer)

            app = Starlette(routes=graphql_routes(Engine(schema), context), middleware=[Middleware(DirectSend)])
            return address(await stack.enter_async_context(serve(app)))

        yield started


@asynccontextmanager
async def following(server: str, thread: Thread, user: str) -> AsyncGenerator[Client, None]:
    async with ready(server, x_user=user) as client:
        await client.subscribe("1", FOLLOW, thread=thread.id)
        yield client


async def started(client: Client) -> Any:
    return (await client.next("1"))["data"]["threadEvents"]


async def advanced_to(client: Client, end: int) -> None:
    """Reads on until the stream is there."""
    while True:
        event = await started(client)
        if event["__typename"] == "StreamAdvanced" and event["delta"]["end"] == end:
            return


async def spoken(weft: Weft, stream_id: str, start: int) -> None:
    parts = [{"type": "text-start", "id": "t"}] if start == 0 else [{"type": "text-delta", "id": "t", "delta": "x"}]
    await weft.streams.append(stream_id, start, parts)


async def test_a_thread_that_is_given_away_is_not_followed_by_its_former_user_any_more(
    weft: Weft, serving: Serving
) -> None:
    server, thread = await serving(), await weft.threads.create(user_id="ann")
    stream = await weft.streams.create(thread.id)
    async with (
        following(server, thread, "ann") as ann,
        following(server, thread, "ann") as tablet,
        following(server, thread, "service") as service,
    ):
        await spoken(weft, stream.id, 0)
        for client in (ann, tablet, service):
            await advanced_to(client, 1)
        await weft.threads.update(thread.id, {"user_id": "bob", "title": "bob's now"})
        await spoken(weft, stream.id, 1)
        for client in (ann, tablet):
            refused = await client.receive()
            assert (refused["type"], refused["id"]) == ("error", "1")
            assert refused["payload"][0]["extensions"]["code"] == "NOT_FOUND"
            assert "bob" not in str(refused)
            await client.quiet()
        assert (await started(service))["thread"]["userId"] == "bob"
        await advanced_to(service, 2)


async def test_its_new_user_follows_it_at_once(weft: Weft, serving: Serving) -> None:
    server, thread = await serving(), await weft.threads.create(user_id="ann")
    async with ready(server, x_user="bob") as bob:
        await bob.subscribe("1", FOLLOW, thread=thread.id)
        assert (await bob.receive())["payload"][0]["message"] == f"thread {thread.id} not found"
        await weft.threads.update(thread.id, {"user_id": "bob"})
        stream = await weft.streams.create(thread.id)
        await bob.subscribe("1", FOLLOW, thread=thread.id)
        await spoken(weft, stream.id, 0)
        await advanced_to(bob, 1)


async def test_an_applications_rule_shares_a_thread_and_takes_it_back(weft: Weft, serving: Serving) -> None:
    guests = {"bob"}

    async def shared(viewer: Viewer, action: Action, thread: Thread) -> bool | None:
        return True if action is Action.READ and viewer.user_id in guests else None

    server, thread = await serving(shared), await weft.threads.create(user_id="ann")
    stream = await weft.streams.create(thread.id)
    async with following(server, thread, "ann") as ann, following(server, thread, "bob") as bob:
        await spoken(weft, stream.id, 0)
        for client in (ann, bob):
            await advanced_to(client, 1)
        send = (
            'mutation($thread: ID!) { sendMessage(input: { threadId: $thread, prompt: "hi" }) { userErrors { code } } }'
        )
        await bob.subscribe("2", send, thread=thread.id)
        refused = (await bob.receive())["payload"]["data"]["sendMessage"]["userErrors"]
        assert refused == [{"code": "NOT_FOUND"}]
        assert (await bob.receive())["type"] == "complete"
        guests.clear()
        await weft.threads.update(thread.id, {"title": "without bob"})
        assert (await bob.receive())["payload"][0]["extensions"]["code"] == "NOT_FOUND"
        assert (await started(ann))["thread"]["title"] == "without bob"
        await spoken(weft, stream.id, 1)
        await advanced_to(ann, 2)
        await bob.quiet()

"""Who may see the same shares the execution that makes it; who may not, never does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest_asyncio
from tests.identity.world import EVENTS
from tests.support import wait_until

from weft import Viewer
from weft.agents.access.seen import seen_by
from weft.agents.weft import Weft
from weft.resolvers.engine import Engine, Request
from weft.resolvers.operation import RunningOperation
from weft.resolvers.outgoing import Outgoing
from weft.resolvers.root import schema
from weft.resolvers.sharing import Together
from weft.schema.context import Context
from weft.storage.store import Store
from weft.threads.clock import utc_now
from weft.threads.threads import Thread

ENGINE = Engine(schema)
ANN = Viewer("ann", ("user",))


class Heard(RunningOperation):
    """An operation that keeps what it is sent."""

    __slots__ = ("bodies",)

    def __init__(self) -> None:
        self.bodies: list[str] = []

        async def send(message: Any) -> None:
            self.bodies.append(message["text"])

        super().__init__(Outgoing(send, lambda: None, patience=5))

    def frame(self, body: str, cursor: str) -> str:
        return body

    def said_complete(self) -> None:
        self.bodies.append("complete")

    def said_error(self, errors: list[Any]) -> None:
        self.bodies.append(f"error {errors}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def weft(store: Store) -> AsyncGenerator[Weft, None]:
    async with Weft(store, work=False) as opened:
        yield opened


@asynccontextmanager
async def following(weft: Weft, thread: Thread, *viewers: Viewer) -> AsyncGenerator[tuple[Together, list[Heard]], None]:
    together, heard = Together(), [Heard() for _ in viewers]
    for viewer, operation in zip(viewers, heard, strict=True):
        prepared = ENGINE.prepare(Request(EVENTS, None, {"thread": thread.id}))
        subscription = await ENGINE.subscribe(prepared, Context(seen_by(weft, viewer), viewer))
        assert not await together.follow(subscription, operation)
    yield together, heard
    for operation in heard:
        operation.stop()


async def told(weft: Weft, thread: Thread, heard: list[Heard]) -> None:
    """Something happens, and all are told."""
    await weft.threads.update(thread.id, {"title": f"New {utc_now()}"})

    async def all_heard() -> bool:
        return all(operation.bodies for operation in heard)

    await wait_until(all_heard)


async def test_viewers_of_one_identity_share_an_execution_whenever_their_tokens_end(weft: Weft) -> None:
    thread = await weft.threads.create(user_id="ann")
    later = Viewer("ann", ("user",), None, utc_now() + timedelta(hours=1))
    async with following(weft, thread, ANN, ANN, later) as (together, heard):
        await told(weft, thread, heard)
        assert together.groups == 1
        assert heard[0].bodies == heard[1].bodies == heard[2].bodies


async def test_viewers_of_different_identities_never_do(weft: Weft) -> None:
    thread = await weft.threads.create(user_id="ann")
    others = [
        ANN,
        Viewer("ann", ("user",), "key_1"),
        Viewer("ann", ("user",), "key_2"),
        Viewer("ann", ("service", "user")),
        Viewer("bob", ("service",)),
        Viewer(None, ("admin",)),
    ]
    async with following(weft, thread, *others) as (together, heard):
        await told(weft, thread, heard)
        assert together.groups == len(others)


async def test_who_leaves_a_shared_execution_takes_nothing_from_the_others(weft: Weft) -> None:
    thread = await weft.threads.create(user_id="ann")
    async with following(weft, thread, ANN, ANN) as (together, heard):
        heard[0].stop()
        await told(weft, thread, heard[1:])
        assert together.groups == 1
        assert heard[0].bodies == []


async def test_when_a_thread_becomes_another_users_only_those_who_may_still_see_it_go_on(weft: Weft) -> None:
    thread = await weft.threads.create(user_id="ann")
    admin = Viewer(None, ("admin",))
    async with following(weft, thread, ANN, ANN, admin) as (together, heard):
        await weft.threads.update(thread.id, {"user_id": "bob"})

        async def left() -> bool:
            return all(operation.ended for operation in heard[:2]) and bool(heard[2].bodies)

        await wait_until(left)
        assert together.groups == 1
        assert not heard[2].ended
        assert all("NOT_FOUND" in operation.bodies[-1] for operation in heard[:2])
        assert not any("bob" in body for operation in heard[:2] for body in operation.bodies)


async def test_many_that_come_and_go_at_once_leave_no_execution_behind(weft: Weft) -> None:
    thread = await weft.threads.create(user_id="ann")
    async with following(weft, thread, *([ANN] * 20), *(Viewer("bob", ("service",)) for _ in range(20))) as (
        together,
        heard,
    ):
        await told(weft, thread, heard)
        assert together.groups == 2
    await asyncio.sleep(0)
    assert together.groups == 0

"""What finds the messages of a thread follows it to another user, however large it is."""

from collections.abc import AsyncGenerator

import pytest_asyncio

from weft.agents.entry_mover import EntryMover
from weft.agents.weft import Weft
from weft.storage.store import Store
from weft.storage.types import Database
from weft.threads.drafts import draft
from weft.threads.threads import Thread


@pytest_asyncio.fixture(loop_scope="session")
async def weft(db: Database) -> AsyncGenerator[Weft, None]:
    async with Weft(Store(db), work=False) as opened:
        yield opened


async def said(weft: Weft, count: int) -> Thread:
    """A thread of ann's with so many messages about gardens."""
    thread = await weft.threads.create(user_id="ann")
    await weft.messages.save(thread.id, [draft(prompt=f"garden {n}") for n in range(count)])
    return thread


async def owners(weft: Weft, thread: Thread) -> list[str | None]:
    return list(await weft.store.search_entries.collection.distinct("userId", {"threadId": thread.id}))


async def test_a_small_thread_is_found_by_its_new_user_at_once(weft: Weft) -> None:
    thread = await said(weft, 3)
    await weft.threads.update(thread.id, {"user_id": "bob"})
    assert len(await weft.search.messages("garden", user_id="bob")) == 3
    assert await weft.search.messages("garden", user_id="ann") == []
    assert await EntryMover(weft.store).move_all() == 0


async def test_a_large_one_follows_and_is_found_by_nobody_else_meanwhile(weft: Weft) -> None:
    thread = await said(weft, 350)
    await weft.threads.update(thread.id, {"user_id": "bob"})
    assert set(await owners(weft, thread)) == {"ann", "bob"}
    assert await weft.search.messages("garden", user_id="ann") == []
    assert await EntryMover(weft.store).move_all() == 1
    assert await owners(weft, thread) == ["bob"]
    assert len(await weft.search.messages("garden", user_id="bob")) == 10
    assert await EntryMover(weft.store).move_all() == 0


async def test_a_thread_that_goes_on_and_on_ends_with_its_last_user(weft: Weft) -> None:
    thread = await said(weft, 250)
    for user_id in ("bob", None, "eve"):
        await weft.threads.update(thread.id, {"user_id": user_id})
    await EntryMover(weft.store).move_all()
    assert await owners(weft, thread) == ["eve"]

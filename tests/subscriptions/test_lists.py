"""A list of threads is read once and then followed: nothing is missed in between, nor while nobody listened."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from tests.subscriptions.conftest import take
from tests.subscriptions.histories import CHAOS
from tests.subscriptions.lists import LISTS, Follower, ListHistory
from tests.support import wait_until

from weft.agents.weft import Weft
from weft.errors import InputError
from weft.storage.events import event_doc
from weft.storage.store import Store
from weft.storage.types import Database
from weft.subscriptions import list_topic
from weft.subscriptions.list_topic import MOST_THREADS, OLDEST
from weft.threads.clock import milliseconds_now, utc_now
from weft.threads.cursors import EVERYONE, ListCursor, Listed
from weft.threads.events import EventKind, Item, ResyncRequired, StoredEvent, ThreadGone

lists = pytest.mark.parametrize("listed", LISTS)


@pytest_asyncio.fixture(loop_scope="session")
async def weft(db: Database) -> AsyncGenerator[Weft, None]:
    async with Weft(Store(db), work=False) as opened:
        yield opened


@pytest.fixture
def to_the_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is told again that precedes the cursor: what a cursor misses shows."""
    monkeypatch.setattr(list_topic, "COMMIT_LAG", timedelta(0))


async def later() -> None:
    """Returns in another millisecond."""
    now = milliseconds_now()
    await wait_until(lambda: milliseconds_now() > now)


async def caught_up(follower: Follower) -> list[Item]:
    """What was missed since the cursor."""
    reader = await follower.reader()
    missed = [item async for item in reader.catch_up()]
    await reader.aclose()
    return missed


def owner(listed: Listed) -> str | None:
    return listed if isinstance(listed, str) else None


@lists
async def test_what_happens_between_the_page_and_the_subscription_is_told(weft: Weft, listed: Listed) -> None:
    follower = Follower(weft, listed)
    threads = [await weft.threads.create(user_id=owner(listed), title=str(number)) for number in range(4)]
    follower.threads = await follower.read()
    await weft.threads.update(threads[0].id, {"title": "renamed"})
    await weft.threads.update(threads[1].id, {"user_id": "somebody else"})
    await weft.threads.delete(threads[2].id)
    made = await weft.threads.create(user_id=owner(listed), title="new")
    follower.follow()
    await follower.heard([made.id])
    await follower.cut()
    assert follower.threads == await follower.read()


@lists
@pytest.mark.usefixtures("to_the_millisecond")
async def test_the_cursor_of_a_page_is_older_than_the_page(
    weft: Weft, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = weft.store.threads.page

    async def and_then_something_happens(*asked: Any) -> Any:
        page = await read(*asked)
        await later()
        await weft.threads.create(user_id=owner(listed), title="just after it was read")
        await later()
        return page

    monkeypatch.setattr(weft.store.threads, "page", and_then_something_happens)
    follower = Follower(weft, listed)
    assert await follower.read() == {}
    for item in await caught_up(follower):
        follower.take(item)
    assert [title for title, *_ in follower.threads.values()] == ["just after it was read"]


@lists
@pytest.mark.usefixtures("to_the_millisecond")
async def test_a_cursor_leads_on_to_what_came_after_it_and_nothing_else(weft: Weft, listed: Listed) -> None:
    follower = Follower(weft, listed)
    before = await weft.threads.create(user_id=owner(listed), title="before")
    await later()
    follower.threads = await follower.read()
    await later()
    after = await weft.threads.create(user_id=owner(listed), title="after")
    missed = await caught_up(follower)
    for item in missed:
        follower.take(item)
    assert len(missed) == 1
    assert follower.threads.keys() == {before.id, after.id}


@pytest.mark.parametrize("lag", [timedelta(0), list_topic.COMMIT_LAG])
@pytest.mark.parametrize("seed", range(6 * CHAOS))
async def test_whatever_happens_and_wherever_it_is_cut_the_list_is_what_a_fresh_read_says(
    weft: Weft, monkeypatch: pytest.MonkeyPatch, lag: timedelta, seed: int
) -> None:
    monkeypatch.setattr(list_topic, "COMMIT_LAG", lag)
    history = ListHistory(weft, seed)
    await history.begin()
    await history.happen(30)
    await history.end()
    for follower in history.followers:
        assert follower.threads == await follower.read(), follower.listed


async def test_a_list_goes_on_after_threads_have_gone(weft: Weft) -> None:
    follower = Follower(weft, "ann")
    gone = [await weft.threads.create(user_id="ann") for _ in range(4)]
    follower.threads = await follower.read()
    for thread in gone[:2]:
        await weft.threads.delete(thread.id)
    follower.follow()
    await wait_until(lambda: follower.threads.keys() == {thread.id for thread in gone[2:]})
    for thread in gone[2:]:
        await weft.threads.delete(thread.id)
    made = await weft.threads.create(user_id="ann")
    await follower.heard([made.id])
    await follower.cut()
    assert follower.threads.keys() == {made.id}


async def test_a_former_owner_is_told_that_a_thread_went_though_it_was_deleted_since(weft: Weft) -> None:
    thread = await weft.threads.create(user_id="ann")
    away = Follower(weft, "ann")
    away.threads = await away.read()
    await weft.threads.update(thread.id, {"user_id": "bob"})
    assert await weft.threads.delete(thread.id)
    missed = await caught_up(away)
    assert [item.event for item in missed] == [ThreadGone(thread.id)]


async def test_a_thread_that_waited_long_to_be_stored_is_told_to_those_who_read_meanwhile(weft: Weft) -> None:
    follower = Follower(weft, "ann")
    await follower.read()
    thread = await weft.threads.create(user_id="ann")
    asked_for = thread.created_at - timedelta(minutes=1)
    waited = replace(thread, id=f"{thread.id[:-1]}0", created_at=asked_for, updated_at=asked_for)
    await weft.store.insert_thread(waited, None)
    for item in await caught_up(follower):
        follower.take(item)
    assert waited.id in follower.threads


def at(listed: Listed, when: datetime) -> str:
    return ListCursor(listed, int(when.timestamp() * 1000)).encode()


async def changed(weft: Weft, count: int, when: datetime, name: Callable[[int], str] = "thr_{}".format) -> None:
    """So many events of as many threads."""
    for user_id in ("ann", None):
        events = [
            StoredEvent(f"{name(number)}_{user_id}", 1, EventKind.THREAD_CHANGED, {}, user_id, when)
            for number in range(count)
        ]
        await weft.store.events.collection.insert_many([event_doc(event) for event in events])


@pytest.mark.parametrize("listed", ["ann", None, EVERYONE])
async def test_a_list_is_read_again_when_too_much_was_missed_but_never_right_after_it_was_read(
    weft: Weft, listed: Listed
) -> None:
    now, follower = utc_now(), Follower(weft, listed)
    await changed(weft, MOST_THREADS + 1, now - timedelta(minutes=2))
    follower.cursor = at(listed, now - timedelta(minutes=3))
    (only,) = await caught_up(follower)
    assert isinstance(only.event, ResyncRequired)
    await changed(weft, MOST_THREADS + 1, now, "thr_now_{}".format)
    follower.cursor = at(listed, now - timedelta(seconds=2))
    events = [item.event for item in await caught_up(follower)]
    assert len(events) == (2 if listed is EVERYONE else 1) * (MOST_THREADS + 1)
    assert not [event for event in events if isinstance(event, ResyncRequired)]


@lists
async def test_a_cursor_older_than_the_log_asks_for_the_list_to_be_read_again(weft: Weft, listed: Listed) -> None:
    follower = Follower(weft, listed)
    follower.cursor = at(listed, utc_now() - OLDEST)
    reader = await follower.reader()
    (only,) = await take(reader, 1)
    assert isinstance(only.event, ResyncRequired)
    await follower.read()
    assert await caught_up(follower) == []


@lists
async def test_a_cursor_of_another_list_is_refused(weft: Weft, listed: Listed) -> None:
    follower, other = Follower(weft, listed), Follower(weft, "carol")
    await other.read()
    follower.cursor = other.cursor
    with pytest.raises(InputError, match="another list of threads") as refused:
        await follower.reader()
    assert refused.value.path == ("after",)

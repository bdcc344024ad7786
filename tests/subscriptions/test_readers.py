"""Readers of a thread: from any cursor, at any lag of the feed, each event once and each part once."""

import pytest
from tests.subscriptions.conftest import World, take

from weft.errors import ErrorCode, InputError
from weft.subscriptions.topic import RING_SIZE
from weft.threads.cursors import Cursor
from weft.threads.events import (
    HistoryLost,
    Item,
    ResyncRequired,
    StreamAdvanced,
    StreamEnded,
    StreamStarted,
    ThreadChanged,
    ThreadDeleted,
    ThreadGone,
)
from weft.threads.streams import Delta


def _told(items: list[Item]) -> list[object]:
    """What each item says, short."""
    said: list[object] = []
    for item in items:
        match item.event:
            case ThreadChanged(thread):
                said.append(thread.title)
            case StreamStarted():
                said.append("start")
            case StreamAdvanced(delta):
                said.append((delta.start, delta.end, delta.text))
            case StreamEnded():
                said.append("end")
            case other:
                said.append(type(other))
    return said


async def test_a_reader_without_a_cursor_hears_only_what_happens_from_now_on(world: World) -> None:
    thread = await world.weft.threads.create()
    await world.touch(thread, "before")
    reader = await world.feeds.thread(thread.id, None)
    await world.touch(thread, "after")
    await world.tell()
    assert _told(await take(reader, 1)) == ["after"]


async def test_a_reader_ahead_of_a_feed_that_lags_is_told_nothing_it_has_seen(world: World) -> None:
    thread = await world.weft.threads.create()
    stream = await world.stream(thread)
    early = await world.feeds.thread(thread.id, None)
    await world.touch(thread, "seen")
    await world.write(stream, 0, "seen ")
    ahead = await world.feeds.thread(thread.id, (await world.cursor(thread)).encode())
    await world.touch(thread, "new")
    await world.write(stream, 1, "new")
    await world.tell()
    assert _told(await take(ahead, 2)) == ["new", (1, 2, "new")]
    assert _told(await take(early, 5)) == ["start", "new", (0, 1, "seen "), "new", (1, 2, "new")]


async def test_every_cursor_of_a_log_leads_on_to_exactly_the_rest_of_it(world: World) -> None:
    thread = await world.weft.threads.create()
    start = await world.cursor(thread)
    reader = await world.feeds.thread(thread.id, None)
    stream = await world.stream(thread)
    for number in range(6):
        await world.write(stream, number, f"{number} ")
        await world.touch(thread, f"title {number}")
    await world.end(stream, 6)
    await world.touch(thread, "last")
    await world.tell()
    whole = await take(reader, 15)
    for seen, cursor in enumerate([start.encode(), *(item.cursor for item in whole)]):
        again = await world.feeds.thread(thread.id, cursor)
        rest = [item async for item in again.catch_up()]
        await again.aclose()
        assert _text(whole[:seen]) + _text(rest) == _text(whole), cursor
        assert [item.seq for item in rest if _numbered(item)] == [item.seq for item in whole[seen:] if _numbered(item)]
        assert (rest or whole)[-1].cursor == whole[-1].cursor


def _numbered(item: Item) -> bool:
    return not isinstance(item.event, StreamAdvanced)


def _text(items: list[Item]) -> str:
    return "".join(item.event.delta.text for item in items if isinstance(item.event, StreamAdvanced))


async def test_a_stream_unknown_to_the_cursor_is_told_from_its_start(world: World) -> None:
    thread = await world.weft.threads.create()
    stream = await world.stream(thread)
    await world.write(stream, 0, "a")
    seq = (await world.cursor(thread)).seq
    reader = await world.feeds.thread(thread.id, Cursor(thread.id, seq).encode())
    assert _told(await take(reader, 2)) == ["start", (0, 1, "a")]


async def test_parts_written_after_the_end_of_a_stream_are_told_to_nobody(world: World) -> None:
    thread = await world.weft.threads.create()
    reader = await world.feeds.thread(thread.id, None)
    stream = await world.stream(thread)
    await world.write(stream, 0, "a")
    await world.end(stream, 1)
    await world.write(stream, 1, "from a worker that lost its lease")
    await world.touch(thread, "next")
    await world.tell()
    assert _told(await take(reader, 4)) == ["start", (0, 1, "a"), "end", "next"]
    again = await world.feeds.thread(thread.id, Cursor(thread.id, 1).encode())
    assert _text([item async for item in again.catch_up()]) == "a"


async def test_a_cursor_older_than_the_log_asks_for_a_new_start(world: World) -> None:
    thread = await world.weft.threads.create()
    old = await world.cursor(thread)
    await world.touch(thread, "one")
    await world.touch(thread, "two")
    await world.store.database["events"].delete_one({"threadId": thread.id, "seq": 2})
    reader = await world.feeds.thread(thread.id, old.encode())
    (only,) = [item async for item in reader]
    assert isinstance(only.event, ResyncRequired)


async def test_a_reader_that_falls_behind_the_ring_is_told_and_let_go(world: World) -> None:
    thread = await world.weft.threads.create()
    stream = await world.stream(thread)
    slow = await world.feeds.thread(thread.id, None)
    quick = await world.feeds.thread(thread.id, None)
    assert _told(await take(slow, 1)) == ["start"]
    await take(quick, 1)
    await world.tell()
    for number in range(RING_SIZE + 2):
        delta = await _bring_part(world, stream.id, thread.id, number)
        assert (await take(quick, 1))[0].event == StreamAdvanced(delta)
    (last,) = [item async for item in slow]
    assert last.event == ResyncRequired("this reader was too slow")


async def _bring_part(world: World, stream_id: str, thread_id: str, number: int) -> Delta:
    delta = Delta(stream_id, thread_id, number, number + 1, [{"type": "text-delta", "id": "0", "delta": "x"}])
    world.feed.bring(delta)
    return delta


async def test_a_feed_that_lost_its_history_ends_every_reader_and_serves_new_ones(world: World) -> None:
    thread = await world.weft.threads.create()
    reader = await world.feeds.thread(thread.id, None)
    listing = await world.feeds.thread_list(None, None)
    await world.touch(thread, "missed")
    world.feed.bring(HistoryLost())
    assert isinstance((await take(reader, 1))[0].event, ResyncRequired)
    assert isinstance((await take(listing, 1))[0].event, ResyncRequired)
    again = await world.feeds.thread(thread.id, None)
    await world.touch(thread, "heard")
    await world.tell()
    assert _told(await take(again, 1)) == ["heard"]


async def test_a_hole_in_the_feed_ends_the_readers_of_that_thread_only(world: World) -> None:
    thread, other = await world.weft.threads.create(), await world.weft.threads.create()
    reader, unharmed = await world.feeds.thread(thread.id, None), await world.feeds.thread(other.id, None)
    await world.touch(thread, "lost")
    await world.store.database["log_order"].delete_many({})
    world.feed.bring((await world.store.events.between(thread.id, 1, 2))[0])
    assert _told(await take(reader, 1)) == ["lost"]
    await world.touch(thread, "never brought")
    await world.touch(thread, "brought")
    world.feed.bring((await world.store.events.between(thread.id, 3, 4))[0])
    assert isinstance((await take(reader, 1))[0].event, ResyncRequired)
    world.feed.bring((await world.store.events.between(other.id, 0, 1))[0])
    await world.touch(other, "fine")
    world.feed.bring((await world.store.events.between(other.id, 1, 2))[0])
    assert _told(await take(unharmed, 1)) == ["fine"]


@pytest.mark.parametrize("after", ["", "AQ", "garbage!", "AQAAAAAB" * 40])
async def test_what_is_no_cursor_is_refused(world: World, after: str) -> None:
    thread = await world.weft.threads.create()
    with pytest.raises(InputError) as refused:
        await world.feeds.thread(thread.id, after)
    assert refused.value.reason is ErrorCode.INVALID
    assert refused.value.path == ("after",)


async def test_an_unknown_thread_is_refused_and_nothing_is_kept_of_it(world: World) -> None:
    with pytest.raises(InputError) as refused:
        await world.feeds.thread("thr_none", None)
    assert refused.value.reason is ErrorCode.NOT_FOUND
    assert world.feeds.topics == 0


async def test_a_topic_goes_with_its_last_reader(world: World) -> None:
    thread = await world.weft.threads.create()
    readers = [await world.feeds.thread(thread.id, None) for _ in range(3)]
    assert world.feeds.topics == 1
    for reader in readers:
        await reader.aclose()
        await reader.aclose()
    assert world.feeds.topics == 0


async def test_a_thread_that_is_given_away_leaves_one_list_and_enters_the_other(world: World) -> None:
    thread = await world.weft.threads.create(user_id="ann")
    await world.tell()
    anns, bobs = await world.feeds.thread_list("ann", None), await world.feeds.thread_list("bob", None)
    await world.touch(thread, "first")
    await world.tell()
    before = (await take(anns, 1))[0].cursor
    await world.weft.threads.update(thread.id, {"user_id": "bob"})
    await world.tell()
    (gone,), (came,) = await take(anns, 1), await take(bobs, 1)
    assert gone.event == ThreadGone(thread.id)
    assert _told([came]) == ["first"]
    again = await world.feeds.thread_list("ann", before)
    assert [item.event for item in await take(again, 1)] == [ThreadGone(thread.id)]


async def test_the_list_of_everyone_hears_of_each_thread_whoever_it_belongs_to(world: World) -> None:
    everybodys = await world.feeds.thread_list(None, None, everyone=True)
    nobodys = await world.feeds.thread_list(None, None)
    anns, nameless = await world.weft.threads.create(user_id="ann"), await world.weft.threads.create()
    await world.touch(anns, "hers")
    await world.touch(nameless, "of nobody")
    await world.weft.threads.update(anns.id, {"user_id": "bob"})
    await world.tell()
    assert _told(await take(nobodys, 2)) == ["of nobody", "of nobody"]
    heard = [item.event for item in await take(everybodys, 5)]
    owners = {(event.thread.id, event.thread.user_id) for event in heard if isinstance(event, ThreadChanged)}
    assert owners == {(anns.id, "bob"), (nameless.id, None)}
    assert not [event for event in heard if isinstance(event, ThreadGone)]


async def test_a_deleted_thread_is_the_last_thing_a_reader_hears_of(world: World) -> None:
    thread = await world.weft.threads.create()
    here = await world.feeds.thread(thread.id, None)
    cursor = (await world.cursor(thread)).encode()
    await world.touch(thread, "seen")
    await world.tell()
    assert _told(await take(here, 1)) == ["seen"]
    await world.weft.threads.delete(thread.id)
    await world.tell()
    assert _told([item async for item in here]) == [ThreadDeleted]
    late = await world.feeds.thread(thread.id, cursor)
    assert [item.event async for item in late] == [ThreadDeleted(thread.id)]
    with pytest.raises(InputError, match="not found"):
        await world.feeds.thread(thread.id, None)


async def test_a_list_is_told_of_deleted_threads_now_and_later(world: World) -> None:
    thread = await world.weft.threads.create(user_id="ann")
    await world.committed()
    reader = await world.feeds.thread_list("ann", None)
    await world.tell()
    (seen,) = await take(reader, 1)
    await world.weft.threads.delete(thread.id)
    await world.tell()
    assert [item.event for item in await take(reader, 1)] == [ThreadGone(thread.id)]
    again = await world.feeds.thread_list("ann", seen.cursor)
    assert [item.event async for item in again.catch_up()] == [ThreadGone(thread.id)]

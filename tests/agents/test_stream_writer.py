"""A stream's writer: the first delta at once, the rest joined while it waits, all stored when `flush` returns."""

import asyncio
from itertools import pairwise

import pytest
from tests.support import delta, in_time, stream_at, wait_until, words

from weft.agents.stream_writer import StreamWriter
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.streams import Delta, Stream

NEVER = 3600.0
"""Seconds of a throttle that no test waits for."""


def text_of(deltas: list[Delta]) -> str:
    return "".join(one.text for one in deltas)


async def stored(store: Store, stream: Stream) -> list[Delta]:
    """The stream's deltas, which must lie end to end from 0."""
    deltas = await store.deltas.read_all(stream.id, 0)
    assert [one.start for one in deltas[:1]] in ([], [0])
    assert all(before.end == after.start for before, after in pairwise(deltas))
    return deltas


async def test_the_first_part_is_written_at_once(store: Store) -> None:
    stream = stream_at(0, 1)
    writer = StreamWriter(store.deltas, stream, NEVER)
    await writer.add(*words("Hello "))
    await wait_until(lambda: _has(store, stream, 1))
    assert [one.text for one in await stored(store, stream)] == ["Hello "]
    await writer.aclose()


async def _has(store: Store, stream: Stream, end: int) -> bool:
    return await store.deltas.end(stream.id) == end


async def test_what_comes_within_the_throttle_is_one_delta(store: Store) -> None:
    stream = stream_at(0, 1)
    writer = StreamWriter(store.deltas, stream, NEVER)
    await writer.add(*words("a"))
    await wait_until(lambda: _has(store, stream, 1))
    for word in ("b", "c", "d"):
        await writer.add(*words(word))
    await in_time(writer.flush())
    first, rest = await stored(store, stream)
    assert (first.start, first.end, first.text) == (0, 1, "a")
    assert (rest.start, rest.end, rest.text, len(rest.parts)) == (1, 4, "bcd", 1)


async def test_parts_added_while_a_write_is_under_way_go_out_together(store: Store) -> None:
    stream = stream_at(0, 1)
    writer = StreamWriter(store.deltas, stream, 0.0)
    for number in range(500):
        await writer.add(*words(f"{number} "))
    await in_time(writer.flush())
    deltas = await stored(store, stream)
    assert text_of(deltas) == "".join(f"{number} " for number in range(500))
    assert deltas[-1].end == 500
    assert len(deltas) < 10


async def test_flush_returns_when_everything_is_stored(store: Store) -> None:
    stream = stream_at(0, 1)
    writer = StreamWriter(store.deltas, stream, NEVER)
    for number in range(1, 6):
        await writer.add(*words(f"{number} "), *words("- "))
        await in_time(writer.flush())
        assert await store.deltas.end(stream.id) == 2 * number
    assert text_of(await stored(store, stream)) == "1 - 2 - 3 - 4 - 5 - "


async def test_a_flush_of_nothing_does_not_hurry_what_comes_later(store: Store) -> None:
    stream = stream_at(0, 1)
    writer = StreamWriter(store.deltas, stream, NEVER)
    await writer.add(*words("a"))
    await in_time(writer.flush())
    await in_time(writer.flush())
    await writer.add(*words("b"))
    await writer.add(*words("c"))
    other = stream_at(1, 1)
    await store.deltas.append(delta(other, 0, *words("meanwhile")))
    assert await store.deltas.end(stream.id) == 1
    await in_time(writer.flush())
    assert [one.text for one in await stored(store, stream)] == ["a", "bc"]


async def test_many_waiting_parts_are_written_although_the_throttle_lasts(store: Store) -> None:
    stream = stream_at(0, 1)
    writer = StreamWriter(store.deltas, stream, NEVER)
    await in_time(_add_many(writer, 5000))
    assert await store.deltas.end(stream.id) > 2000
    await in_time(writer.flush())
    assert await store.deltas.end(stream.id) == 5000


async def _add_many(writer: StreamWriter, count: int) -> None:
    for _ in range(count):
        await writer.add(*words("x"))


async def test_a_failed_write_fails_the_next_call_and_every_later_one(store: Store) -> None:
    stream = stream_at(0, 1)
    await store.deltas.append(delta(stream, 0, *words("somebody else's")))
    writer = StreamWriter(store.deltas, stream, 0.0)
    await writer.add(*words("mine"))
    for call in (writer.flush, lambda: writer.add(*words("more")), writer.flush):
        with pytest.raises(InputError) as caught:
            await in_time(call())
        assert caught.value.reason is ErrorCode.CONFLICT
    await writer.aclose()
    assert [one.text for one in await stored(store, stream)] == ["somebody else's"]


async def test_closing_gives_up_what_waits_and_leaves_no_task(store: Store) -> None:
    stream = stream_at(0, 1)
    writer = StreamWriter(store.deltas, stream, NEVER)
    await writer.add(*words("a"))
    await wait_until(lambda: _has(store, stream, 1))
    await writer.add(*words("b"))
    await in_time(writer.aclose())
    await in_time(writer.aclose())
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert f"weft-stream-{stream.id}" not in names
    assert text_of(await stored(store, stream)) == "a"


async def test_closing_a_writer_that_wrote_nothing_stores_nothing(store: Store) -> None:
    stream = stream_at(0, 1)
    writer = StreamWriter(store.deltas, stream)
    await in_time(writer.flush())
    await in_time(writer.aclose())
    assert await stored(store, stream) == []


async def test_writers_of_many_streams_do_not_mix(store: Store) -> None:
    async def write(stream: Stream) -> None:
        writer = StreamWriter(store.deltas, stream, 0.001)
        for number in range(20):
            await writer.add(*words(f"{stream.order}:{number} "))
            await asyncio.sleep(0)
        await writer.flush()

    streams = [stream_at(number, 1) for number in range(50)]
    await in_time(asyncio.gather(*map(write, streams)))
    for stream in streams:
        assert text_of(await stored(store, stream)) == "".join(f"{stream.order}:{number} " for number in range(20))

"""Deltas: each stored before its writer goes on, however many go out together; each writer fails for itself."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.support import delta, in_time, stream_at, words

from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.streams import Chunk, Delta, Stream


def streams(count: int) -> list[Stream]:
    return [stream_at(number, 1) for number in range(count)]


async def append_all(store: Store, deltas: Sequence[Delta]) -> list[BaseException | None]:
    return await in_time(asyncio.gather(*map(store.deltas.append, deltas), return_exceptions=True))


async def test_what_two_hundred_writers_append_at_once_is_stored(store: Store) -> None:
    async def write(stream: Stream) -> list[Delta]:
        deltas = [delta(stream, 2 * n, *words(f"{stream.order}.{n}", "!")) for n in range(5)]
        for one in deltas:
            await store.deltas.append(one)
            assert await store.deltas.end(stream.id) == one.end
        return deltas

    writers = streams(200)
    written = await in_time(asyncio.gather(*map(write, writers)))
    for stream, deltas in zip(writers, written, strict=True):
        stored = await store.deltas.read_all(stream.id, 0)
        assert [(one.start, one.end, one.parts) for one in stored] == [
            (one.start, one.end, list(one.parts)) for one in deltas
        ]


async def test_a_delta_whose_place_is_taken_fails_alone(store: Store) -> None:
    first, *others = streams(20)
    await store.deltas.append(delta(first, 0, *words("mine")))
    outcomes = await append_all(store, [delta(stream, 0, *words("theirs")) for stream in (*others, first)])
    failure = outcomes.pop()
    assert isinstance(failure, InputError)
    assert failure.reason is ErrorCode.CONFLICT
    assert outcomes == [None] * len(others)
    assert [await store.deltas.end(stream.id) for stream in others] == [1] * len(others)
    assert [one.text for one in await store.deltas.read_all(first.id, 0)] == ["mine"]


@pytest.mark.parametrize("part", [{"type": "text-delta", "id": "0", "delta": "\ud800"}, {"type": "x", "wide": 2**64}])
async def test_a_delta_that_cannot_be_written_fails_alone(store: Store, part: Chunk) -> None:
    first, *others = streams(20)
    deltas = [delta(first, 0, part), *(delta(stream, 0, *words("theirs")) for stream in others)]
    failure, *outcomes = await append_all(store, deltas)
    assert isinstance(failure, InputError)
    assert outcomes == [None] * len(others)
    assert [await store.deltas.end(stream.id) for stream in (first, *others)] == [0, *[1] * len(others)]


async def test_a_delta_over_16_megabytes_fails_alone(store: Store) -> None:
    first, second = streams(2)
    deltas = [delta(first, 0, *words("x" * (16 * 1024 * 1024))), delta(second, 0, *words("small"))]
    failure, outcome = await append_all(store, deltas)
    assert isinstance(failure, InputError)
    assert (failure.reason, outcome) == (ErrorCode.TOO_LARGE, None)
    assert [await store.deltas.end(stream.id) for stream in (first, second)] == [0, 1]


async def test_a_writer_that_gives_up_does_not_hold_up_the_others(store: Store) -> None:
    writers = streams(10)
    tasks = [asyncio.create_task(store.deltas.append(delta(stream, 0, *words("a")))) for stream in writers]
    tasks[0].cancel()
    tasks[7].cancel()
    outcomes = await in_time(asyncio.gather(*tasks, return_exceptions=True))
    assert [isinstance(outcome, asyncio.CancelledError) for outcome in outcomes].count(True) == 2
    for stream, outcome in zip(writers, outcomes, strict=True):
        assert isinstance(outcome, asyncio.CancelledError) or await store.deltas.end(stream.id) == 1


async def test_reading_starts_ends_and_stops_where_it_is_told(store: Store) -> None:
    (stream,) = streams(1)
    for start in range(0, 20, 2):
        await store.deltas.append(delta(stream, start, *words("a", "b")))

    async def starts(start: int, end: int | None = None, limit: int = 1000) -> list[int]:
        return [one.start for one in await store.deltas.read(stream.id, start, end, limit)]

    assert await starts(0) == list(range(0, 20, 2))
    assert await starts(5) == [6, 8, 10, 12, 14, 16, 18]
    assert await starts(4, 10) == [4, 6, 8]
    assert await starts(4, limit=2) == [4, 6]
    assert await starts(20) == []
    assert await store.deltas.end("str_none") == 0


@pytest.mark.parametrize(
    "part",
    [
        {"type": "text-delta", "id": "0", "delta": "x" * 1024 * 1024},
        {"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "x" * 1024 * 1024},
        {"type": "data-rows", "data": ["x" * 1024] * 1024},
    ],
    ids=["text", "tool input", "data"],
)
async def test_reading_is_bounded_in_bytes_and_reading_all_is_not(store: Store, part: Chunk) -> None:
    (stream,) = streams(1)
    for start in range(12):
        await store.deltas.append(delta(stream, start, part))
    assert 4 <= len(await store.deltas.read(stream.id, 0)) <= 5
    assert [one.start for one in await store.deltas.read_all(stream.id, 0)] == list(range(12))
    assert [one.start for one in await store.deltas.read_all(stream.id, 3, 9)] == list(range(3, 9))

"""A writer in Python: whatever becomes of the block that uses it, its stream ends with it, and says why."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from tests.agents.outside import HELLO, refused, rows
from tests.agents.services import Services
from tests.support import delta, in_time, new_thread, wait_until, words

from weft.agents.outside.writer import OutsideWriter
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.messages import Message, MessageStatus
from weft.threads.streams import Stream, StreamState
from weft.threads.threads import Thread

NEVER = 3600.0


async def source(*parts: Any) -> AsyncIterator[Any]:
    for part in parts:
        yield part


async def used(writer: OutsideWriter, work: Callable[[], Awaitable[None]]) -> None:
    """The block that uses a writer."""
    async with writer:
        await work()


async def outcome(services: Services, writer: OutsideWriter) -> tuple[Stream, Message]:
    """The stream and its row as they are stored now."""
    assert writer.stream is not None
    stream = await services.streams.get(writer.stream.id)
    assert stream is not None
    (row,) = await rows(services, stream)
    return stream, row


async def test_row_106_any_source_is_written_and_finished(store: Store) -> None:
    services, thread = Services(store), await new_thread(store)
    async with services.streams.writing(thread.id, agent_name="bot") as writer:
        await writer.write(source(*HELLO))
    stream, row = await outcome(services, writer)
    assert (stream.state, stream.end, stream.agent_name) == (StreamState.FINISHED, 4, "bot")
    assert writer.stream == stream
    assert (row.status, row.text) == (MessageStatus.SUCCESS, "Hello there")


async def test_rows_107_115_a_stream_begins_with_its_first_part(store: Store) -> None:
    services, thread = Services(store), await new_thread(store)
    async with services.streams.writing(thread.id) as writer:
        await writer.add()
    failed = services.streams.writing(thread.id)
    with pytest.raises(ConnectionError):
        await used(failed, _hung_up)
    assert (writer.stream, failed.stream) == (None, None)
    assert await services.told(thread.id) == []


async def _hung_up() -> None:
    raise ConnectionError("the model hung up")


async def test_row_108_parts_that_come_within_the_throttle_go_together(store: Store) -> None:
    services, thread = Services(store), await new_thread(store)
    async with services.streams.writing(thread.id, throttle_seconds=NEVER) as writer:
        await writer.add(HELLO[0])
        assert writer.stream is not None
        await wait_until(lambda: _has(store, writer, 1))
        for part in HELLO[1:]:
            await writer.add(part)
    assert [(one.start, one.end) for one in await store.deltas.read_all(writer.stream.id, 0)] == [(0, 1), (1, 4)]


async def _has(store: Store, writer: OutsideWriter, end: int) -> bool:
    return writer.stream is not None and await store.deltas.end(writer.stream.id) == end


async def test_row_112_a_writer_that_is_cancelled_says_what_it_was_told(store: Store) -> None:
    for told, reason in (("the user left", "the user left"), (None, "Aborted")):
        services, thread = Services(store), await new_thread(store)
        started: asyncio.Future[OutsideWriter] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(_hang(services, thread, started))
        writer = await in_time(started)
        task.cancel(told)
        with pytest.raises(asyncio.CancelledError):
            await in_time(task)
        stream, row = await outcome(services, writer)
        assert (stream.state, stream.abort_reason) == (StreamState.ABORTED, reason)
        assert (row.status, row.text, row.error) == (MessageStatus.FAILED, "Hello there", reason)


async def test_row_112_a_writer_that_is_cancelled_while_its_stream_begins_ends_it(store: Store) -> None:
    services, thread = Services(store), await new_thread(store)
    stored, heard = asyncio.Event(), asyncio.Event()

    async def create() -> Stream:
        stream = await services.streams.create(thread.id)
        stored.set()
        await heard.wait()
        return stream

    writer = OutsideWriter(store, services.streams, create, NEVER)
    task = asyncio.create_task(_write_hello(writer))
    await in_time(stored.wait())
    task.cancel("the user left")
    heard.set()
    with pytest.raises(asyncio.CancelledError):
        await in_time(task)
    assert await services.streams.page(thread.id, 0, [StreamState.STREAMING]) == []
    stream, row = await outcome(services, writer)
    assert (stream.abort_reason, row.error) == ("the user left", "the user left")


async def _write_hello(writer: OutsideWriter) -> None:
    async with writer:
        await writer.add(*HELLO)


async def _hang(services: Services, thread: Thread, started: "asyncio.Future[OutsideWriter]") -> None:
    async with services.streams.writing(thread.id, throttle_seconds=NEVER) as writer:
        await writer.add(*HELLO)
        started.set_result(writer)
        await asyncio.Event().wait()


async def test_row_114_a_source_that_breaks_fails_the_row_and_keeps_what_it_gave(store: Store) -> None:
    services, thread = Services(store), await new_thread(store)
    writer = services.streams.writing(thread.id)

    async def work() -> None:
        await writer.add(*HELLO)
        await _hung_up()

    with pytest.raises(ConnectionError):
        await used(writer, work)
    stream, row = await outcome(services, writer)
    assert (stream.state, stream.abort_reason, stream.end) == (StreamState.ABORTED, "the model hung up", 4)
    assert (row.text, row.error) == ("Hello there", "the model hung up")


async def test_row_113_a_writer_notices_that_somebody_ended_its_stream(store: Store) -> None:
    services, thread = Services(store), await new_thread(store)
    writer = services.streams.writing(thread.id, throttle_seconds=0)

    async def work() -> None:
        await writer.add(*HELLO)
        await wait_until(lambda: _has(store, writer, 4))
        await services.streams.abort(thread.id, reason="enough")
        while True:
            await writer.add(*words("more "))
            await asyncio.sleep(0)

    with pytest.raises(InputError, match="was aborted: enough"):
        await in_time(used(writer, work))
    stream, row = await outcome(services, writer)
    assert (stream.end, row.text, row.error) == (4, "Hello there", "enough")


async def test_row_116_a_delta_that_cannot_be_written_ends_the_stream_with_its_error(store: Store) -> None:
    services, thread = Services(store), await new_thread(store)
    writer = services.streams.writing(thread.id, throttle_seconds=NEVER)

    async def work() -> None:
        await writer.add(*HELLO)
        await wait_until(lambda: _has(store, writer, 4))
        assert writer.stream is not None
        await store.deltas.append(delta(writer.stream, 4, *words("somebody else's")))
        await writer.add(*words("mine"))

    with pytest.raises(InputError) as caught:
        await used(writer, work)
    assert caught.value.reason is ErrorCode.CONFLICT
    stream, row = await outcome(services, writer)
    assert (stream.state, stream.abort_reason) == (StreamState.ABORTED, caught.value.message)
    assert (row.status, row.error) == (MessageStatus.FAILED, caught.value.message)


async def test_what_is_no_part_is_refused_before_anything_is_written(store: Store) -> None:
    services, thread = Services(store), await new_thread(store)
    async with services.streams.writing(thread.id) as writer:
        assert (await refused(writer.add(HELLO[0], {"type": "text"})))[:2] == (
            ErrorCode.INVALID,
            ("parts", "1", "type"),
        )
        await writer.add(*HELLO)
    assert (await outcome(services, writer))[1].text == "Hello there"

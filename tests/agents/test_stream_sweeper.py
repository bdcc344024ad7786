"""Streams whose writer fell silent are ended, those that ended are cleared away, and no others."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

from tests.agents.outside import HELLO, refused, rows
from tests.agents.services import EXPIRED, Services, stream_of
from tests.support import delta, helper, new_thread, wait_until, words

from weft.agents.outside.endings import abort_silent
from weft.agents.outside.sweeper import StreamSweeper
from weft.agents.weft import Weft
from weft.errors import ErrorCode
from weft.storage.deltas import delta_doc
from weft.storage.store import Store
from weft.threads.clock import utc_now
from weft.threads.generations import GenerationStatus
from weft.threads.messages import MessageStatus
from weft.threads.streams import Stream, StreamState

TEN_MINUTES: Final = timedelta(minutes=10)
FIVE_MINUTES: Final = timedelta(minutes=5)


def sweeper(store: Store) -> StreamSweeper:
    return StreamSweeper(store, TEN_MINUTES)


async def long_ago(store: Store, stream: Stream, field: str, length: timedelta) -> None:
    """Moves one of the stream's times so far into the past."""
    await store.streams.collection.update_one({"_id": stream.id}, {"$set": {field: utc_now() - length}})


async def now(services: Services, stream: Stream) -> Stream:
    found = await services.streams.get(stream.id)
    assert found is not None
    return found


async def beat(store: Store, stream: Stream) -> datetime | None:
    doc: dict[str, Any] | None = await store.streams.collection.find_one({"_id": stream.id})
    assert doc is not None
    at: datetime | None = doc.get("heartbeatAt")
    return at


async def test_row_117_a_stream_without_a_heartbeat_for_ten_minutes_fails_with_its_row(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    silent, lively = [await services.streams.create(thread.id) for _ in range(2)]
    await services.streams.append(silent.id, 0, HELLO)
    await long_ago(store, silent, "heartbeatAt", TEN_MINUTES)
    await long_ago(store, lively, "heartbeatAt", TEN_MINUTES - timedelta(seconds=30))
    assert await sweeper(store).end_silent() == 1
    ended = await now(services, silent)
    assert (ended.state, ended.abort_reason, ended.end) == (StreamState.ABORTED, "timeout", 4)
    (row,) = await rows(services, silent)
    assert (row.status, row.error, row.text) == (MessageStatus.FAILED, "timeout", "Hello there")
    assert (await now(services, lively)).state is StreamState.STREAMING
    assert await sweeper(store).end_silent() == 0
    outcome = await refused(services.streams.append(silent.id, 4, words("x")))
    assert outcome[::2] == (ErrorCode.CONFLICT, f"stream {silent.id} was aborted: timeout")


async def test_a_writer_that_comes_back_in_time_keeps_its_stream(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    await long_ago(store, stream, "heartbeatAt", TEN_MINUTES - timedelta(seconds=30))
    await services.streams.append(stream.id, 0, [])
    at = await beat(store, stream)
    assert at is not None
    assert utc_now() - at < timedelta(minutes=1)
    await long_ago(store, stream, "heartbeatAt", TEN_MINUTES)
    (stale,) = await store.streams.silent(TEN_MINUTES, 10)
    await store.streams.beat(stream.id)
    assert await abort_silent(store, stale, TEN_MINUTES, "timeout") is False
    assert (await now(services, stream)).state is StreamState.STREAMING
    await services.streams.finish(stream.id)
    assert await beat(store, stream) is None


async def test_an_answer_is_never_timed_out_however_long_its_model_is_silent(store: Store) -> None:
    services = Services(store)
    job = await services.half_written(await services.asked())
    lost = await services.claimed(await services.asked(), EXPIRED)
    for each in (job, lost):
        await long_ago(store, stream_of(each), "startedAt", timedelta(days=1))
        assert await beat(store, stream_of(each)) is None
    assert await sweeper(store).end_silent() == 0
    assert (await services.job(job.generation)).status is GenerationStatus.RUNNING


async def test_one_silent_stream_that_cannot_be_ended_does_not_keep_the_others(store: Store) -> None:
    services = Services(store)
    gone, other = [await services.streams.create((await new_thread(store)).id) for _ in range(2)]
    await store.threads.collection.delete_one({"_id": gone.thread_id})
    for stream in (gone, other):
        await long_ago(store, stream, "heartbeatAt", TEN_MINUTES)
    assert await sweeper(store).end_silent() == 1
    assert (await now(services, other)).state is StreamState.ABORTED
    await store.streams.forget([gone.id])


async def test_row_117_ended_streams_go_with_their_deltas_after_five_minutes(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    finished, aborted, young, live = [await services.streams.create(thread.id) for _ in range(4)]
    for stream in (finished, aborted, young, live):
        await services.streams.append(stream.id, 0, HELLO)
    for stream in (finished, young):
        await services.streams.finish(stream.id)
    await services.streams.abort(thread.id, stream_id=aborted.id)
    await store.deltas.append(delta(finished, 4, *words("late")))
    for stream in (finished, aborted):
        await long_ago(store, stream, "endedAt", FIVE_MINUTES)
    await long_ago(store, young, "endedAt", FIVE_MINUTES - timedelta(seconds=30))
    await store.deltas.collection.update_many({"streamId": live.id}, {"$set": {"at": utc_now() - timedelta(hours=23)}})
    assert await sweeper(store).clear_ended() == 2
    for stream, there in ((finished, False), (aborted, False), (young, True), (live, True)):
        assert (await services.streams.get(stream.id) is not None) is there
        assert bool(await store.deltas.read_all(stream.id, 0)) is there
    assert await store.deletions.under_way(thread_id=thread.id) is False
    assert [row.text for row in await rows(services, finished)] == ["Hello there"]


async def test_many_ended_streams_go_in_batches(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    streams = [await services.streams.create(thread.id) for _ in range(3)]
    docs = [await store.streams.collection.find_one({"_id": stream.id}) for stream in streams]
    ended = {"state": "finished", "endedAt": utc_now() - FIVE_MINUTES, "endSeq": 1}
    copies = [
        {name: value for name, value in (doc or {}).items() if name != "heartbeatAt"} | ended | {"_id": f"str_{n}_{k}"}
        for n, doc in enumerate(docs)
        for k in range(80)
    ]
    await store.streams.collection.insert_many(copies)
    assert await sweeper(store).clear_ended() == 240


async def test_what_a_process_that_died_while_clearing_has_left_is_cleared_by_the_next(empty_store: Store) -> None:
    store, services = empty_store, Services(empty_store)
    stream = await services.streams.create((await new_thread(store)).id)
    await services.streams.finish(stream.id)
    await long_ago(store, stream, "endedAt", FIVE_MINUTES)
    await store.deltas.collection.insert_many([delta_doc(delta(stream, n, *words("x"))) for n in range(5000)])
    clearing = asyncio.create_task(sweeper(store).clear_ended())
    await wait_until(lambda: _gone(services, stream))
    clearing.cancel()
    await asyncio.gather(clearing, return_exceptions=True)
    assert await store.deltas.end(stream.id) == 5000
    await store.deletions.collection.update_many({}, [{"$set": {"dueAt": "$$NOW"}}])
    async with Weft(store):
        await wait_until(lambda: _cleared(store, stream))


async def _gone(services: Services, stream: Stream) -> bool:
    return await services.streams.get(stream.id) is None


async def _cleared(store: Store, stream: Stream) -> bool:
    return await store.deltas.end(stream.id) == 0 and await store.deletions.next_due() is None


async def test_a_process_that_works_sweeps_by_itself(empty_store: Store) -> None:
    async with Weft(empty_store, [helper()], stream_timeout=timedelta(seconds=0.2)) as weft:
        thread = await weft.threads.create()
        stream = await weft.streams.create(thread.id)
        await wait_until(lambda: _aborted(weft, stream))
    async with Weft(empty_store, [helper()], work=False) as idle:
        assert idle.sweeper is None


async def _aborted(weft: Weft, stream: Stream) -> bool:
    found = await weft.streams.get(stream.id)
    return found is not None and found.abort_reason == "timeout"

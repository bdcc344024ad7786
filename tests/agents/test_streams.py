"""Streams as a reader stops them, and a thread with its live streams at one moment."""

import pytest
from tests.agents.services import EXPIRED, Services, stream_of
from tests.support import new_thread

from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.events import EventKind
from weft.threads.generations import GenerationOptions
from weft.threads.streams import StreamState

SAVED, STARTED, ENDED = EventKind.MESSAGE_SAVED, EventKind.STREAM_STARTED, EventKind.STREAM_ENDED
JOB, THREAD = EventKind.GENERATION_CHANGED, EventKind.THREAD_CHANGED
NO_OPTIONS = GenerationOptions()


async def test_streams_are_stopped_by_id_by_turn_or_all_of_a_thread(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    jobs = [await services.half_written(await services.asked(thread=thread)) for _ in range(4)]
    ids = [stream_of(job).id for job in jobs]
    assert await services.streams.abort(thread.id, stream_id=ids[1], reason="This one") == [ids[1]]
    assert await services.streams.abort(thread.id, stream_id=ids[1]) == []
    assert await services.streams.abort(thread.id, order=2) == [ids[2]]
    assert await services.streams.abort(thread.id, order=9) == []
    assert sorted(await services.streams.abort(thread.id)) == [ids[0], ids[3]]
    errors = [(await services.job(job.generation)).error for job in jobs]
    assert errors == ["Aborted", "This one", "Aborted", "Aborted"]
    assert await services.streams.page(thread.id, 0, [StreamState.STREAMING]) == []


async def test_streams_are_stopped_however_many_there_are(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    ids = [(await services.streams.create(thread.id)).id for _ in range(103)]
    assert await services.streams.abort(thread.id, stream_id=ids[0]) == [ids[0]]
    assert await services.streams.abort(thread.id, order=1) == [ids[1]]
    assert await services.streams.abort(thread.id) == ids[:1:-1]


async def test_a_stream_of_another_thread_is_not_found(store: Store) -> None:
    services = Services(store)
    mine, foreign = await new_thread(store), await services.half_written(await services.asked())
    for thread_id, stream_id, path in (
        (mine.id, stream_of(foreign).id, ("input", "streamId")),
        (mine.id, "str_none", ("input", "streamId")),
        ("thr_none", None, ("input", "threadId")),
    ):
        with pytest.raises(InputError) as caught:
            await services.streams.abort(thread_id, stream_id=stream_id)
        assert (caught.value.reason, caught.value.path) == (ErrorCode.NOT_FOUND, path)
    assert (await services.stream(foreign)).state is StreamState.STREAMING


async def test_a_moment_holds_the_live_streams_up_to_its_cursor(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    over = await services.half_written(await services.asked(thread=thread))
    await services.generations.abort(over.generation.id)
    live = await services.half_written(await services.asked(thread=thread))
    lost = await services.asked(thread=thread)
    await services.claimed(lost, EXPIRED)
    now = await store.threads.get(thread.id)
    assert now is not None
    await services.generations.abort(live.generation.id)
    moment = await services.streams.moment(now)
    texts = [one.ui_message().text for one in moment.live]
    assert texts == ["Half an answer ", ""]
    assert all(one.stream.state is StreamState.STREAMING for one in moment.live)

"""Answers as a caller starts and stops them: one at a time in a turn, what was written is kept, each ends once."""

import asyncio
from typing import Any

import pytest
from tests.agents.services import LEASE, Services, stream_of
from tests.support import counts, delta, helper, in_time, text, words

from weft.agents.run import Job
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.chunks import ChunkReducer
from weft.threads.content import content_of
from weft.threads.events import EventKind
from weft.threads.generations import Generation, GenerationOptions, GenerationStatus
from weft.threads.messages import FinishReason, MessageStatus
from weft.threads.streams import StreamState

SAVED, STARTED, ENDED = EventKind.MESSAGE_SAVED, EventKind.STREAM_STARTED, EventKind.STREAM_ENDED
JOB, THREAD = EventKind.GENERATION_CHANGED, EventKind.THREAD_CHANGED
NO_OPTIONS = GenerationOptions()


async def again(services: Services, generation: Generation, **more: Any) -> Generation:
    """The same prompt, answered once more."""
    return await services.generations.start(
        "helper", generation.thread_id, generation.prompt_message_id, NO_OPTIONS, **more
    )


async def test_a_prompt_is_answered_once_more_at_the_next_step_of_its_turn(store: Store) -> None:
    services = Services(store, helper("One.", "Two."))
    first = await services.asked()
    await in_time(services.attempt(await services.claimed(first)).run())
    later = await services.asked(thread=await store.threads.get(first.thread_id))
    seq = len(await services.told(first.thread_id, after=0))
    second = await again(services, first)
    reply = await services.reply(second)
    assert (reply.order, reply.step_order, reply.status) == (0, 2, MessageStatus.PENDING)
    assert (second.status, second.order) == (GenerationStatus.QUEUED, 0)
    assert await services.told(first.thread_id, after=seq) == [SAVED, JOB, THREAD]
    assert (await services.reply(first)).text == "One."
    assert (await services.job(later)).status is GenerationStatus.QUEUED


async def test_a_second_answer_to_a_prompt_ends_the_first_before_it_starts(store: Store) -> None:
    services = Services(store)
    first = await services.asked()
    job = await services.half_written(first)
    seq = len(await services.told(first.thread_id, after=0))
    second = await again(services, first)
    assert await services.told(first.thread_id, after=seq) == [SAVED, ENDED, JOB, THREAD, SAVED, JOB, THREAD]
    ended, reply, stream = await services.job(first), await services.reply(first), await services.stream(job)
    assert (ended.status, ended.error) == (GenerationStatus.ABORTED, "Restarting")
    assert (reply.status, reply.error, reply.text) == (MessageStatus.FAILED, "Restarting", "Half an answer ")
    assert (stream.state, stream.abort_reason) == (StreamState.ABORTED, "Restarting")
    assert (await services.claimed(second)).reply.step_order == 2
    assert not await store.generations.renew(first.id, job.lease_id, LEASE)


async def test_many_answers_asked_for_at_once_leave_one_that_runs(store: Store, other_store: Store) -> None:
    processes = (Services(store), Services(other_store))
    first = await processes[0].asked()
    started = await in_time(asyncio.gather(*(again(processes[number % 2], first) for number in range(12))))
    jobs = [await processes[0].job(one) for one in (first, *started)]
    assert sorted(job.status.value for job in jobs) == ["aborted"] * 12 + ["queued"]
    steps = sorted([(await processes[0].reply(job)).step_order for job in jobs])
    assert steps == list(range(1, 14))
    await processes[0].told(first.thread_id)


async def test_a_client_id_starts_one_answer(store: Store, other_store: Store) -> None:
    processes = (Services(store), Services(other_store))
    first = await processes[0].asked()
    calls = (again(processes[number % 2], first, client_id="c1") for number in range(10))
    started = await in_time(asyncio.gather(*calls))
    assert len({one.id for one in started}) == 1
    before = await counts(store)
    assert await again(processes[0], first, client_id="c1") == started[0]
    assert await counts(store) == before


@pytest.mark.parametrize(
    ("agent", "thread", "message", "path"),
    [
        ("nobody", "own", "own", ("input", "agentName")),
        ("helper", "none", "own", ("input", "threadId")),
        ("helper", "own", "none", ("input", "promptMessageId")),
        ("helper", "own", "foreign", ("input", "promptMessageId")),
    ],
)
async def test_an_answer_by_nobody_or_to_nothing_is_refused_and_ends_nothing(
    store: Store, agent: str, thread: str, message: str, path: tuple[str, ...]
) -> None:
    services = Services(store)
    running, foreign = await services.asked(), await services.asked()
    threads = {"own": running.thread_id, "none": "thr_none"}
    messages = {"own": running.prompt_message_id, "foreign": foreign.prompt_message_id, "none": "msg_none"}
    before = await counts(store)
    with pytest.raises(InputError) as caught:
        await services.generations.start(agent, threads[thread], messages[message], NO_OPTIONS)
    assert (caught.value.reason, caught.value.path) == (ErrorCode.NOT_FOUND, path)
    assert await counts(store) == before
    assert await services.job(running) == running


async def test_a_model_that_does_not_exist_is_refused_before_the_running_answer_ends(store: Store) -> None:
    services = Services(store)
    running = await services.asked()
    before = await counts(store)
    with pytest.raises(InputError) as caught:
        await services.generations.start(
            "helper", running.thread_id, running.prompt_message_id, GenerationOptions(model="typo:gpt")
        )
    assert caught.value.path == ("input", "options", "model")
    assert await counts(store) == before
    assert await services.job(running) == running


# ---------------------------------------------------------------- stopping


async def test_an_aborted_answer_keeps_what_it_had_written_and_says_why(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    job = await services.half_written(generation)
    returned = await services.generations.abort(generation.id, "Enough of this")
    ended, reply, stream = (
        await services.job(generation),
        await services.reply(generation),
        await services.stream(job),
    )
    assert returned == ended
    assert (ended.status, ended.error) == (GenerationStatus.ABORTED, "Enough of this")
    assert (reply.status, reply.error, reply.content) == (
        MessageStatus.FAILED,
        "Enough of this",
        text("Half an answer "),
    )
    assert (reply.finish_reason, reply.agent_name, reply.model) == (FinishReason.ABORTED, "helper", "scripted")
    assert (stream.state, stream.abort_reason, stream.end) == (StreamState.ABORTED, "Enough of this", 3)
    assert await services.told(generation.thread_id, after=stream_of(job).start_seq + 1) == [SAVED, ENDED, JOB, THREAD]


async def test_an_answer_that_waits_can_be_aborted_too(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    ended = await services.generations.abort(generation.id)
    reply = await services.reply(generation)
    assert (ended.status, ended.error) == (GenerationStatus.ABORTED, "Aborted")
    assert (reply.status, reply.content, reply.text) == (MessageStatus.FAILED, [], None)
    assert await services.claim(generation) is None


async def test_aborting_what_has_ended_changes_nothing(store: Store) -> None:
    services = Services(store)
    done, aborted = await services.asked(), await services.asked()
    await in_time(services.attempt(await services.claimed(done)).run())
    await services.generations.abort(aborted.id, "First")
    before = await counts(store)
    for generation in (done, aborted):
        known = await services.job(generation)
        assert await services.generations.abort(generation.id, "Second") == known
    assert await counts(store) == before
    assert (await services.reply(aborted)).error == "First"


async def test_an_answer_aborted_from_everywhere_at_once_ends_once(store: Store, other_store: Store) -> None:
    processes = (Services(store), Services(other_store))
    generation = await processes[0].asked()
    job = await processes[0].half_written(generation)
    stops = [processes[number % 2].generations.abort(generation.id, str(number)) for number in range(10)]
    outcomes = await in_time(asyncio.gather(*stops))
    assert len({outcome.error for outcome in outcomes}) == 1
    assert await processes[0].told(generation.thread_id, after=stream_of(job).start_seq + 1) == [
        SAVED,
        ENDED,
        JOB,
        THREAD,
    ]


async def test_an_answer_aborted_while_it_writes_ends_where_its_stream_ends(store: Store, other_store: Store) -> None:
    services, others = Services(store), Services(other_store)

    async def write(job: Job) -> None:
        await store.deltas.append(delta(stream_of(job), 0, {"type": "text-start", "id": "0"}))
        for number in range(1, 60):
            await store.deltas.append(delta(stream_of(job), number, *words(f"{number} ")))

    for _ in range(4):
        generation = await services.asked()
        job = await services.claimed(generation)
        writing = asyncio.create_task(write(job))
        await in_time(others.generations.abort(generation.id))
        await in_time(writing)
        stream = await services.stream(job)
        live = await services.streams.load(stream)
        assert content_of(ChunkReducer(live.chunks).closed_parts()) == (await services.reply(generation)).content


async def test_aborting_what_is_not_there_or_for_a_reason_too_long_is_refused(store: Store) -> None:
    services = Services(store)
    with pytest.raises(InputError) as caught:
        await services.generations.abort("gen_none")
    assert (caught.value.reason, caught.value.path) == (ErrorCode.NOT_FOUND, ("input", "generationId"))
    generation = await services.asked()
    with pytest.raises(InputError) as caught:
        await services.generations.abort(generation.id, "x" * 2001)
    assert (caught.value.reason, caught.value.path) == (ErrorCode.TOO_LARGE, ("input", "reason"))
    assert await services.job(generation) == generation

"""One attempt at an answer, from its claim to its end: row, stream and job end together, with all that was written."""

import asyncio

import pytest
from tests.agents.services import Services, scripted, stream_of
from tests.support import helper, in_time, wait_until

from weft.agents.run import Job, LeaseLost
from weft.errors import ProviderError
from weft.storage.store import Store
from weft.testing import Fail, Gate, ReasoningDelta, SourceFound, TextDelta
from weft.threads.chunks import ChunkReducer
from weft.threads.content import content_of
from weft.threads.events import EventKind
from weft.threads.generations import GenerationOptions, GenerationStatus
from weft.threads.messages import FinishReason, MessageStatus
from weft.threads.streams import StreamState
from weft.threads.usage import Usage

SAVED, STARTED, ENDED = EventKind.MESSAGE_SAVED, EventKind.STREAM_STARTED, EventKind.STREAM_ENDED
JOB, THREAD = EventKind.GENERATION_CHANGED, EventKind.THREAD_CHANGED
NO_OPTIONS = GenerationOptions()


async def test_an_answer_ends_with_its_row_its_stream_and_its_job_in_one_change(store: Store) -> None:
    services = Services(store, helper("It is so."))
    generation = await services.asked()
    job = await services.claimed(generation)
    await in_time(services.attempt(job).run())
    ended, reply, stream = (
        await services.job(generation),
        await services.reply(generation),
        await services.stream(job),
    )
    assert await services.told(generation.thread_id, after=stream_of(job).start_seq + 1) == [SAVED, ENDED, JOB, THREAD]
    assert (ended.status, ended.error) == (GenerationStatus.SUCCEEDED, None)
    assert (reply.status, reply.finish_reason, reply.text) == (MessageStatus.SUCCESS, FinishReason.STOP, "It is so.")
    assert ended.usage == reply.usage == Usage(input_tokens=3, output_tokens=10, total_tokens=13)
    assert (reply.model, reply.provider, reply.agent_name) == ("scripted", "scripted", "helper")
    assert (stream.state, stream.end_seq) == (StreamState.FINISHED, stream_of(job).start_seq + 3)
    assert [row.id for row in await services.messages.of_generation(ended)] == [reply.id]


async def test_the_row_holds_what_the_stream_spelt(store: Store) -> None:
    services = Services(
        store,
        scripted(
            ReasoningDelta("Let me see. "),
            TextDelta("So "),
            SourceFound("1", "https://weft.example"),
            TextDelta("it is."),
        ),
    )
    generation = await services.asked()
    job = await services.claimed(generation)
    await in_time(services.attempt(job).run())
    live = await services.streams.load(await services.stream(job))
    reply = await services.reply(generation)
    assert content_of(ChunkReducer(live.chunks).closed_parts()) == reply.content
    assert (reply.text, reply.reasoning) == ("So it is.", "Let me see. ")
    assert live.chunks[-1] == {"type": "finish", "finishReason": "stop"}
    assert live.stream.end == (await services.stream(job)).end


async def test_the_log_tells_of_a_provider_that_fails_by_its_codes_and_not_by_its_words(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    refused = ProviderError("no: 'my secret'", provider="scripted", provider_code="invalid_api_key", http_status=401)
    services = Services(store, scripted(Fail(refused)))
    generation = await services.asked()
    await in_time(services.attempt(await services.claimed(generation)).run())
    [record] = [vars(record) for record in caplog.records if record.getMessage() == "a model call failed"]
    assert (record["levelname"], record["provider_code"], record["http_status"]) == ("WARNING", "invalid_api_key", 401)
    assert (record["generation"], record["thread_id"]) == (generation.id, generation.thread_id)
    assert "secret" not in str(record)


async def test_an_answer_that_fails_keeps_what_it_had_written(store: Store) -> None:
    services = Services(
        store, scripted("Half an ", Fail(ProviderError("the model is overloaded", provider="scripted")))
    )
    generation = await services.asked()
    job = await services.claimed(generation)
    await in_time(services.attempt(job).run())
    ended, reply, stream = (
        await services.job(generation),
        await services.reply(generation),
        await services.stream(job),
    )
    assert (ended.status, ended.error) == (GenerationStatus.FAILED, "the model is overloaded")
    assert (reply.status, reply.error, reply.text) == (MessageStatus.FAILED, "the model is overloaded", "Half an ")
    assert reply.finish_reason is FinishReason.ERROR
    assert (stream.state, stream.abort_reason) == (StreamState.ABORTED, "the model is overloaded")
    live = await services.streams.load(stream)
    assert live.chunks[-1] == {"type": "error", "errorText": "the model is overloaded"}


async def test_an_unexpected_failure_is_told_without_its_text(store: Store) -> None:
    services = Services(store, scripted(Fail(RuntimeError("password is hunter2"))))
    generation = await services.asked()
    await in_time(services.attempt(await services.claimed(generation)).run())
    ended = await services.job(generation)
    assert ended.error is not None
    assert ended.error.startswith("Internal error (")
    assert "hunter2" not in ended.error


async def test_an_answer_that_cannot_be_stored_keeps_what_can(store: Store) -> None:
    gate = Gate()
    unstorable = ReasoningDelta("hm", "r", {"scripted": {"wide": 2**70}})
    services = Services(store, scripted(TextDelta("Kept. "), gate, unstorable, TextDelta("Lost. ")))
    generation = await services.asked()
    job = await services.claimed(generation)
    running = asyncio.create_task(services.attempt(job).run())
    await gate.reached()
    await wait_until(lambda: _has_written(store, job))
    gate.open()
    await in_time(running)
    ended, reply = await services.job(generation), await services.reply(generation)
    assert (ended.status, reply.status) == (GenerationStatus.FAILED, MessageStatus.FAILED)
    assert reply.text == "Kept. "
    assert (await services.stream(job)).state is StreamState.ABORTED


async def _has_written(store: Store, job: Job) -> bool:
    return await store.deltas.end(stream_of(job).id) > 0


async def test_an_aborted_attempt_cannot_end_its_answer(store: Store) -> None:
    gate = Gate()
    services = Services(store, scripted("Half ", gate, "done."))
    generation = await services.asked()
    running = asyncio.create_task(services.attempt(await services.claimed(generation)).run())
    await gate.reached()
    await services.generations.abort(generation.id, "Stop")
    gate.open()
    with pytest.raises(LeaseLost):
        await in_time(running)
    assert (await services.job(generation)).error == "Stop"
    assert (await services.reply(generation)).status is MessageStatus.FAILED

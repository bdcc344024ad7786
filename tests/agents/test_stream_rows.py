"""Streams of answers by the rows of the behaviour: where they begin, what is in them, and how they are read."""

import asyncio
from dataclasses import replace

import pytest
from tests.agents.runs import TOOLS, agent, thread_of
from tests.agents.services import EXPIRED, Services, scripted, stream_of
from tests.support import delta, in_time, new_thread, wait_until, words

from weft.agents.claims import MOST_ATTEMPTS
from weft.agents.run import LeaseLost
from weft.agents.weft import Weft
from weft.errors import ProviderError
from weft.storage.store import Store
from weft.testing import Call, Fail
from weft.threads.generations import GenerationOptions, GenerationStatus, SaveMode
from weft.threads.messages import MessageStatus
from weft.threads.streams import Stream, StreamState

ABORTED, FAILED = GenerationStatus.ABORTED, GenerationStatus.FAILED
ROME = Call("weather", {"city": "Rome"})


async def test_rows_107_111_124_one_stream_has_all_steps_of_an_answer_and_their_end(weft: Weft) -> None:
    thread = await thread_of(weft)
    helper = agent(["Look. ", ROME], "Sunny.", tools=TOOLS)
    await in_time(weft.answers.generate_text(helper, thread_id=thread, prompt="Hi"))
    (stream,) = await weft.streams.page(thread, 0, list(StreamState))
    assert (stream.order, stream.step_order, stream.state) == (0, 1, StreamState.FINISHED)
    live = await weft.streams.load(stream)
    kinds = [chunk["type"] for chunk in live.chunks if chunk["type"] != "tool-input-delta"]
    assert kinds == [
        "start", "start-step", "text-start", "text-delta", "text-end",
        "tool-input-start", "tool-input-available", "tool-output-available", "finish-step",
        "start-step", "text-start", "text-delta", "text-end", "finish-step", "finish",
    ]  # fmt: skip
    assert live.stream.end == stream.end


@pytest.mark.parametrize(
    "options", [GenerationOptions(stream=False), GenerationOptions(save_messages=SaveMode.NONE)], ids=["unseen", "none"]
)
async def test_rows_105_126_an_answer_without_deltas_has_no_stream_that_could_stay_open(
    weft: Weft, options: GenerationOptions
) -> None:
    thread = await thread_of(weft)
    answer = await in_time(weft.answers.generate_text(agent("Sunny."), thread_id=thread, prompt="Hi", options=options))
    assert answer.text == "Sunny."
    assert await weft.streams.page(thread, 0, list(StreamState)) == []
    assert await weft.store.deltas.collection.find_one({"threadId": thread}) is None


async def test_row_114_a_provider_that_fails_in_the_middle_ends_row_and_stream_with_its_words(store: Store) -> None:
    services = Services(store, scripted("Half an ", Fail(ProviderError("overloaded", provider="scripted"))))
    generation = await services.asked()
    job = await services.claimed(generation)
    await in_time(services.attempt(job).run())
    stream, reply = await services.stream(job), await services.reply(generation)
    assert (stream.state, stream.abort_reason) == (StreamState.ABORTED, "overloaded")
    assert (reply.status, reply.text, reply.error) == (MessageStatus.FAILED, "Half an ", "overloaded")
    assert (await services.streams.load(stream)).ui_message().text == "Half an "


async def test_row_115_an_answer_that_is_aborted_before_it_began_has_no_stream(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    await services.generations.abort(generation.id, "never mind")
    assert await services.claim(generation) is None
    assert await services.streams.page(generation.thread_id, 0, list(StreamState)) == []
    reply = await services.reply(generation)
    assert (reply.status, reply.error) == (MessageStatus.FAILED, "never mind")


async def test_row_116_a_delta_that_cannot_be_written_fails_the_answer_its_row_and_its_stream(store: Store) -> None:
    services = Services(store, scripted("Mine."))
    generation = await services.asked()
    job = await services.claimed(generation)
    taken = [{"type": "text-start", "id": "0"}, *words("Not mine.")]
    await store.deltas.append(delta(stream_of(job), 0, *taken))
    await in_time(services.attempt(job).run())
    ended, stream, reply = await services.job(generation), await services.stream(job), await services.reply(generation)
    assert (ended.status, stream.state, reply.status) == (
        GenerationStatus.FAILED, StreamState.ABORTED, MessageStatus.FAILED,
    )  # fmt: skip
    assert ended.error == stream.abort_reason == reply.error == "the stream has a delta at this place already"


async def test_row_119_an_answer_whose_row_was_not_written_is_recovered_from_its_deltas(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    job = await services.half_written(generation)
    await services.streams.abort(generation.thread_id, reason="gone")
    reply = await services.reply(generation)
    assert (reply.status, reply.text, reply.error) == (MessageStatus.FAILED, "Half an answer ", "gone")
    with pytest.raises(LeaseLost):
        await in_time(services.attempt(job).run())


async def test_row_119_all_of_many_deltas_is_recovered(store: Store) -> None:
    services = Services(store)
    generation = await services.asked()
    stream = stream_of(await services.claimed(generation))
    written = [f"word{number} " for number in range(1200)]
    await store.deltas.append(delta(stream, 0, {"type": "text-start", "id": "0"}))
    await asyncio.gather(
        *(store.deltas.append(delta(stream, at, *words(word))) for at, word in enumerate(written, start=1))
    )
    await services.streams.abort(generation.thread_id)
    assert (await services.reply(generation)).text == "".join(written)


async def test_row_119_of_an_answer_larger_than_a_row_as_much_is_kept_as_the_row_can_hold(store: Store) -> None:
    services = Services(store, scripted(*["ä" * 500_000] * 20))
    stopped, lost, whole = [await services.asked() for _ in range(3)]
    await _write_20_mb(store, stream_of(await services.claimed(stopped)))
    await services.generations.abort(stopped.id, "enough")
    attempts = [await services.claimed(lost, EXPIRED) for _ in range(MOST_ATTEMPTS)]
    await _write_20_mb(store, stream_of(attempts[-1]))
    assert await services.claim(lost) is None
    job = await services.claimed(whole)
    unseen = replace(job.generation, options=GenerationOptions(stream=False))
    await in_time(services.attempt(replace(job, generation=unseen, stream=None)).run())
    for generation, status in ((stopped, ABORTED), (lost, FAILED), (whole, FAILED)):
        ended, reply = await services.job(generation), await services.reply(generation)
        assert (ended.status, reply.status, ended.error) == (status, MessageStatus.FAILED, reply.error)
        assert 3_600_000 < len(reply.text or "") < 3_700_000


async def _write_20_mb(store: Store, stream: Stream) -> None:
    await store.deltas.append(delta(stream, 0, {"type": "text-start", "id": "0"}))
    for number in range(20):
        await store.deltas.append(delta(stream, number + 1, *words("ä" * 500_000)))


async def test_row_120_streams_are_listed_from_a_turn_on_by_state_the_newest_place_first(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    jobs = [await services.half_written(await services.asked(thread=thread)) for _ in range(3)]
    await services.streams.abort(thread.id, order=1, reason="this one")
    for start, states, wanted in (
        (0, [StreamState.STREAMING], [2, 0]),
        (1, [StreamState.STREAMING], [2]),
        (0, [StreamState.ABORTED], [1]),
        (0, list(StreamState), [2, 1, 0]),
    ):
        found = await services.streams.page(thread.id, start, states)
        assert [stream.order for stream in found] == wanted
    (aborted,) = await services.streams.page(thread.id, 0, [StreamState.ABORTED])
    assert (aborted.id, aborted.abort_reason) == (stream_of(jobs[1]).id, "this one")


async def test_row_121_a_cursor_within_a_delta_leaves_that_delta_out(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    for start in (0, 3, 6):
        await services.streams.append(stream.id, start, words("a", "b", "c"))
    for after, wanted in ((0, [0, 3, 6]), (3, [3, 6]), (4, [6]), (7, [])):
        assert [one.start for one in await services.streams.read(stream, after, 10)] == wanted
    assert [one.start for one in await services.streams.read(stream, 0, 2)] == [0, 3]


async def test_row_123_a_deleted_row_takes_its_stream_and_its_deltas_with_it(weft: Weft) -> None:
    thread = (await weft.threads.create()).id
    stream = await weft.streams.create(thread)
    assert stream.message_id is not None
    await weft.streams.append(stream.id, 0, words("x"))
    await weft.streams.finish(stream.id)
    await weft.messages.delete([stream.message_id])
    await wait_until(lambda: _gone(weft.store, stream))


async def _gone(store: Store, stream: Stream) -> bool:
    return await store.streams.get(stream.id) is None and await store.deltas.end(stream.id) == 0

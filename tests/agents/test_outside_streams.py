"""Streams of writers that are no agents of Weft: where they begin, and what may be appended."""

import asyncio
from typing import Any

import pytest
from tests.agents.outside import EVERYTHING, HELLO, TOOLS, refused, rows
from tests.agents.services import Services, stream_of
from tests.support import new_thread, words

from weft.agents.saving import SaveOptions
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.drafts import Draft, Metadata, draft
from weft.threads.events import EventKind
from weft.threads.messages import MessageRole, MessageStatus
from weft.threads.streams import Chunk, Stream, StreamState
from weft.threads.ui_messages import UIMessageStatus, with_streams

SAVED, STARTED, ENDED = EventKind.MESSAGE_SAVED, EventKind.STREAM_STARTED, EventKind.STREAM_ENDED
THREAD = EventKind.THREAD_CHANGED
ASSISTANT = MessageRole.ASSISTANT
SUCCESS, FAILED = MessageStatus.SUCCESS, MessageStatus.FAILED


# ---------------------------------------------------------------- where a stream begins


async def test_a_stream_comes_with_a_pending_row_that_shows_as_streaming(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store, user_id="ann")
    stream = await services.streams.create(thread.id, agent_name="bot", model="m", provider="p")
    assert (stream.order, stream.step_order, stream.state, stream.end) == (0, 0, StreamState.STREAMING, 0)
    assert (stream.agent_name, stream.model, stream.provider, stream.user_id) == ("bot", "m", "p", "ann")
    (row,) = await rows(services, stream)
    assert (row.id, row.role, row.status) == (stream.message_id, ASSISTANT, MessageStatus.PENDING)
    assert (row.agent_name, row.model, row.provider, row.user_id) == ("bot", "m", "p", "ann")
    assert await services.told(stream.thread_id) == [SAVED, STARTED, THREAD]
    await services.streams.append(stream.id, 0, HELLO)
    now = await services.weft.threads.require(thread.id)
    page = await services.messages.ui_page(thread.id, EVERYTHING)
    (shown,) = with_streams(page.nodes, (await services.streams.moment(now)).live)
    assert (shown.status, shown.text, shown.agent_name) == (UIMessageStatus.STREAMING, "Hello there", "bot")


async def test_a_stream_goes_to_a_new_turn_or_to_the_next_step_of_the_one_named(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    await services.messages.save(thread.id, [draft(prompt="Hi")])
    places = [
        await services.streams.create(thread.id),
        await services.streams.create(thread.id, order=0),
        await services.streams.create(thread.id, order=7),
        await services.streams.create(thread.id, order=9, step_order=3),
        await services.streams.create(thread.id),
    ]
    assert [(stream.order, stream.step_order) for stream in places] == [(1, 0), (0, 1), (7, 0), (9, 3), (10, 0)]


async def test_a_stream_may_write_a_pending_row_that_is_there(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    waiting = Metadata(status=MessageStatus.PENDING)
    (row,) = await services.messages.save(
        thread.id, [Draft(ASSISTANT, [], waiting)], SaveOptions(agent_name="bot", order=4)
    )
    stream = await services.streams.create(thread.id, order=4, step_order=0, model="m")
    assert (stream.message_id, stream.agent_name, stream.model) == (row.id, "bot", "m")


async def test_a_stream_that_goes_on_with_a_message_has_its_key(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    call = await services.streams.create(thread.id)
    await services.streams.append(call.id, 0, TOOLS[:4])
    await services.streams.finish(call.id)
    stream = await services.streams.create(thread.id, order=0)
    await services.streams.append(stream.id, 0, HELLO)
    assert (stream.step_order, stream.message_step_order) == (2, 0)
    now = await services.weft.threads.require(thread.id)
    page = await services.messages.ui_page(thread.id, EVERYTHING)
    (shown,) = with_streams(page.nodes, (await services.streams.moment(now)).live)
    assert (shown.key, shown.status, shown.text) == (f"{thread.id}-0-0", UIMessageStatus.STREAMING, "Hello there")
    await services.streams.finish(stream.id)
    (saved,) = (await services.messages.ui_page(thread.id, EVERYTHING)).nodes
    assert (saved.key, saved.status, saved.text) == (shown.key, UIMessageStatus.SUCCESS, "Hello there")


async def test_rows_10_118_one_live_stream_a_turn(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    first = await services.streams.create(thread.id)
    code, path, message = await refused(services.streams.create(thread.id, order=0))
    assert (code, path) == (ErrorCode.CONFLICT, ("input", "order"))
    assert message == f"stream {first.id} is being written in turn 0; finish or abort it first"
    await services.streams.finish(first.id)
    assert (await services.streams.create(thread.id, order=0)).step_order == 1


async def test_of_many_that_begin_a_stream_in_one_turn_one_does(store: Store, other_store: Store) -> None:
    services = [Services(store), Services(other_store)]
    thread = await new_thread(store)
    begun = (services[n % 2].streams.create(thread.id, order=0) for n in range(8))
    outcomes = await asyncio.gather(*begun, return_exceptions=True)
    assert sum(isinstance(outcome, Stream) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InputError) for outcome in outcomes) == 7


async def test_a_turn_that_is_being_answered_takes_no_stream(store: Store) -> None:
    services = Services(store)
    asked = await services.asked()
    code, path, message = await refused(services.streams.create(asked.thread_id, order=0))
    assert (code, path, message) == (
        ErrorCode.CONFLICT, ("input", "order"), "turn 0 is being answered; abort that first",
    )  # fmt: skip


async def test_row_127_an_answer_makes_its_turn_free(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    (prompt,) = await services.messages.save(thread.id, [draft(prompt="Hi")])
    stream = await services.streams.create(thread.id, order=0)
    await services.streams.append(stream.id, 0, HELLO)
    generation = await services.generations.start("helper", thread.id, prompt.id)
    ended = await services.streams.get(stream.id)
    assert ended is not None
    assert (ended.state, ended.abort_reason) == (StreamState.ABORTED, "Restarting")
    await services.attempt(await services.claimed(generation)).run()
    told = [(row.status, row.text, row.error) for row in await rows(services, stream)]
    assert told == [(SUCCESS, "Hi", None), (FAILED, "Hello there", "Restarting"), (SUCCESS, "Yes.", None)]


@pytest.mark.parametrize(
    ("place", "code", "path"),
    [
        ({"step_order": 1}, ErrorCode.INVALID, "stepOrder"),
        ({"order": -1}, ErrorCode.INVALID, "order"),
        ({"order": 2**31}, ErrorCode.INVALID, "order"),
        ({"order": 0, "step_order": -1}, ErrorCode.INVALID, "stepOrder"),
        ({"order": 0, "step_order": 0}, ErrorCode.CONFLICT, "stepOrder"),
        ({"model": "m" * 2001}, ErrorCode.TOO_LARGE, "model"),
    ],
)
async def test_a_place_that_is_none_or_taken_is_refused(
    store: Store, place: dict[str, Any], code: ErrorCode, path: str
) -> None:
    services = Services(store)
    thread = await new_thread(store)
    await services.messages.save(thread.id, [draft(prompt="Hi")])
    assert (await refused(services.streams.create(thread.id, **place)))[:2] == (code, ("input", path))
    assert await services.told(thread.id) == [SAVED, THREAD]


async def test_an_unknown_thread_takes_no_stream(store: Store) -> None:
    outcome = await refused(Services(store).streams.create("thr_none"))
    assert outcome[:2] == (ErrorCode.NOT_FOUND, ("input", "threadId"))


# ---------------------------------------------------------------- appending


async def test_row_109_appends_lie_end_to_end_and_count_parts_as_they_were_given(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    assert (await services.streams.append(stream.id, 0, HELLO)).end == 4
    assert (await services.streams.append(stream.id, 4, words("!", "!"))).end == 6
    deltas = await services.streams.read(stream, 0, 10)
    assert [(one.start, one.end, one.text, len(one.parts)) for one in deltas] == [
        (0, 4, "Hello there", 3),
        (4, 6, "!!", 1),
    ]


async def test_repeating_an_append_changes_nothing(store: Store, other_store: Store) -> None:
    services, other = Services(store), Services(other_store)
    stream = await services.streams.create((await new_thread(store)).id)
    await services.streams.append(stream.id, 0, HELLO)
    assert (await other.streams.append(stream.id, 0, HELLO)).end == 4
    await services.streams.append(stream.id, 4, words("!"))
    assert (await services.streams.append(stream.id, 0, HELLO)).end == 5
    await services.streams.finish(stream.id)
    again = await services.streams.append(stream.id, 0, HELLO)
    assert (again.state, again.end) == (StreamState.FINISHED, 5)
    assert [one.start for one in await services.streams.read(stream, 0, 10)] == [0, 4]


async def test_a_gap_and_an_overlap_are_refused_and_the_stream_s_end_is_told(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    await services.streams.append(stream.id, 0, HELLO)
    for start, parts in ((5, words("x")), (2, words("x")), (0, words("x")), (0, [*HELLO, *words("x")]), (3, [])):
        code, path, message = await refused(services.streams.append(stream.id, start, parts))
        assert (code, path) == (ErrorCode.CONFLICT, ("input", "start"))
        assert message.startswith(f"the stream ends at 4, not at {start}: ")
    assert (await services.streams.append(stream.id, 4, words("x"))).end == 5


async def test_of_many_that_append_at_one_place_one_does(store: Store, other_store: Store) -> None:
    services = [Services(store), Services(other_store)]
    stream = await services[0].streams.create((await new_thread(store)).id)
    appended = (services[n % 2].streams.append(stream.id, 0, words(str(n))) for n in range(10))
    outcomes = await asyncio.gather(*appended, return_exceptions=True)
    assert sum(isinstance(outcome, Stream) for outcome in outcomes) == 1
    refusals = [outcome for outcome in outcomes if isinstance(outcome, InputError)]
    assert {refusal.reason for refusal in refusals} == {ErrorCode.CONFLICT}
    assert await store.deltas.end(stream.id) == 1


@pytest.mark.parametrize(
    ("start", "parts", "code", "path"),
    [
        (-1, HELLO, ErrorCode.INVALID, ("start",)),
        (0, ["x"], ErrorCode.INVALID, ("parts", "0")),
        (0, [*HELLO, {"type": "text"}], ErrorCode.INVALID, ("parts", "4", "type")),
        (0, [{"type": "text-delta", "id": "0"}], ErrorCode.INVALID, ("parts", "0", "delta")),
        (0, words("x") * 1001, ErrorCode.TOO_LARGE, ("parts",)),
        (0, words("x" * 1024 * 1024), ErrorCode.TOO_LARGE, ("parts",)),
        (0, [{"type": "data-x", "data": "\ud800"}], ErrorCode.INVALID, ("parts",)),
        (0, [{"type": "data-x", "data": 2**63}], ErrorCode.INVALID, ("parts",)),
        (0, [{"type": "data-x", "data": object()}], ErrorCode.INVALID, ("parts",)),
    ],
)
async def test_what_is_no_part_of_a_stream_or_too_much_is_refused(
    store: Store, start: int, parts: list[Any], code: ErrorCode, path: tuple[str, ...]
) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    assert (await refused(services.streams.append(stream.id, start, parts)))[:2] == (code, ("input", *path))
    assert await store.deltas.end(stream.id) == 0


async def test_nested_beyond_what_can_be_stored_is_refused(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    nested: Any = 1
    for _ in range(190):
        nested = [nested]
    outcome = await refused(services.streams.append(stream.id, 0, [{"type": "data-x", "data": nested}]))
    assert outcome[:2] == (ErrorCode.INVALID, ("input", "parts"))


async def test_fields_that_no_part_is_known_to_have_do_no_harm(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    odd: list[Chunk] = [{"type": "finish-step", "delta": 5}, {"type": "finish-step", "id": None, "delta": None}]
    await services.streams.append(stream.id, 0, [*HELLO, *odd])
    now = await services.weft.threads.require(stream.thread_id)
    (live,) = (await services.streams.moment(now)).live
    assert live.chunks[-2:] == odd
    await services.streams.finish(stream.id)
    assert [row.text for row in await rows(services, stream)] == ["Hello there"]


async def test_an_ended_stream_takes_nothing_more_and_says_how_it_ended(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    finished = await services.streams.create(thread.id)
    await services.streams.finish(finished.id)
    aborted = await services.streams.create(thread.id)
    await services.streams.abort(thread.id, stream_id=aborted.id, reason="too long")
    for stream, how in ((finished, "is finished"), (aborted, "was aborted: too long")):
        outcome = await refused(services.streams.append(stream.id, 0, HELLO))
        assert outcome == (ErrorCode.CONFLICT, ("input", "streamId"), f"stream {stream.id} {how}")


async def test_streams_of_agents_and_none_at_all_cannot_be_written(store: Store) -> None:
    services = Services(store)
    job = await services.half_written(await services.asked())
    assert job.stream is not None
    for stream_id, code in ((stream_of(job).id, ErrorCode.CONFLICT), ("str_none", ErrorCode.NOT_FOUND)):
        for call in (services.streams.append(stream_id, 2, words("x")), services.streams.finish(stream_id)):
            assert (await refused(call))[:2] == (code, ("input", "streamId"))
    outcome = await refused(services.streams.append(job.generation.thread_id, 0, HELLO))
    assert outcome[2] == f"{job.generation.thread_id} is the id of a thread"


async def test_every_append_is_a_heartbeat(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    appends = [words("x"), words("y"), []]
    for start, parts in enumerate(appends):
        await store.streams.collection.update_one({"_id": stream.id}, {"$set": {"heartbeatAt": stream.started_at}})
        assert (await services.streams.append(stream.id, start, parts)).end == min(start + 1, 2)
        doc = await store.streams.collection.find_one({"_id": stream.id})
        assert doc is not None
        assert doc["heartbeatAt"] > stream.started_at

"""What becomes of streams of writers that are no agents of Weft, when they finish and when others end them."""

import asyncio
from functools import partial

import pytest
from tests.agents.outside import EVERYTHING, HELLO, TOOLS, refused, rows
from tests.agents.services import Services
from tests.support import in_time, new_thread, text, wait_until, words

from weft.agents.saving import SaveOptions
from weft.errors import ErrorCode
from weft.storage.store import Store
from weft.threads.drafts import Draft, Metadata, draft
from weft.threads.events import EventKind
from weft.threads.messages import FinishReason, MessageRole, MessageStatus, Part
from weft.threads.streams import Chunk, Stream, StreamState
from weft.threads.ui_messages import UIMessageStatus

SAVED, ENDED = EventKind.MESSAGE_SAVED, EventKind.STREAM_ENDED
THREAD = EventKind.THREAD_CHANGED
ASSISTANT, TOOL = MessageRole.ASSISTANT, MessageRole.TOOL
SUCCESS, FAILED = MessageStatus.SUCCESS, MessageStatus.FAILED


async def test_a_finished_stream_is_stored_as_it_was_streamed(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id, agent_name="bot", model="m", provider="p")
    last: Chunk = {"type": "finish", "finishReason": "length", "messageMetadata": {"a": 1}}
    await services.streams.append(stream.id, 0, [*HELLO, {"type": "text-end", "id": "0"}, last])
    ended = await services.streams.finish(stream.id)
    assert (ended.state, ended.end, ended.abort_reason) == (StreamState.FINISHED, 6, None)
    (row,) = await rows(services, stream)
    assert (row.id, row.status, row.content, row.text) == (
        stream.message_id, SUCCESS, text("Hello there"), "Hello there",
    )  # fmt: skip
    assert (row.agent_name, row.model, row.provider, row.finish_reason) == ("bot", "m", "p", FinishReason.LENGTH)
    assert row.metadata == {"a": 1}
    assert (await services.told(stream.thread_id))[3:] == [SAVED, THREAD, ENDED]


async def test_row_119_every_step_that_was_streamed_is_a_row(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id, model="m")
    await services.streams.append(stream.id, 0, TOOLS)
    await services.streams.finish(stream.id)
    told = [
        (row.role, row.step_order, row.status, row.finish_reason, row.model) for row in await rows(services, stream)
    ]
    assert told == [
        (ASSISTANT, 0, SUCCESS, FinishReason.TOOL_CALLS, "m"),
        (TOOL, 1, SUCCESS, None, None),
        (ASSISTANT, 2, SUCCESS, FinishReason.STOP, "m"),
    ]


async def test_row_58_a_stream_that_said_nothing_is_an_empty_message(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    await services.streams.finish(stream.id)
    (row,) = await rows(services, stream)
    assert (row.status, row.content, row.text, row.finish_reason) == (SUCCESS, [], None, FinishReason.STOP)


async def test_row_114_an_error_that_was_streamed_fails_the_row_and_keeps_its_text(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id)
    await services.streams.append(stream.id, 0, [*HELLO, {"type": "error", "errorText": "the model broke"}])
    ended = await services.streams.finish(stream.id)
    (row,) = await rows(services, stream)
    assert ended.state is StreamState.FINISHED
    assert (row.status, row.text, row.error) == (FAILED, "Hello there", "the model broke")
    assert row.finish_reason is FinishReason.ERROR


async def test_messages_that_are_given_are_stored_in_the_pending_rows_place(store: Store) -> None:
    services = Services(store)
    stream = await services.streams.create((await new_thread(store)).id, agent_name="bot", model="m", provider="p")
    await services.streams.append(stream.id, 0, HELLO)
    call: Part = {"type": "tool-call", "toolCallId": "c1", "toolName": "look", "input": {}}
    result = {"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {"type": "text", "value": "x"}}
    given = [
        draft(role=ASSISTANT, content=[call], metadata=Metadata(finish_reason=FinishReason.TOOL_CALLS)),
        draft(role=TOOL, content=[result]),
        draft(role=ASSISTANT, content="Done.", metadata=Metadata(model="m2")),
    ]
    ended = await services.streams.finish(stream.id, given)
    assert (ended.state, ended.end) == (StreamState.FINISHED, 4)
    stored = await rows(services, stream)
    assert [(row.role, row.step_order, row.model, row.agent_name) for row in stored] == [
        (ASSISTANT, 0, "m", "bot"),
        (TOOL, 1, None, "bot"),
        (ASSISTANT, 2, "m2", "bot"),
    ]
    assert stored[0].id == stream.message_id
    assert (await services.told(stream.thread_id))[3:] == [SAVED, SAVED, SAVED, THREAD, ENDED]
    again = await services.streams.finish(stream.id, given)
    assert again == ended
    assert await rows(services, stream) == stored


async def test_of_many_that_finish_a_stream_one_does_and_all_are_told_so(store: Store, other_store: Store) -> None:
    services = [Services(store), Services(other_store)]
    stream = await services[0].streams.create((await new_thread(store)).id)
    given = [draft(role=ASSISTANT, content="Done.")]
    ended = await asyncio.gather(*(services[n % 2].streams.finish(stream.id, given) for n in range(6)))
    assert {one.state for one in ended} == {StreamState.FINISHED}
    assert (await services[0].told(stream.thread_id)).count(ENDED) == 1
    assert [row.text for row in await rows(services[0], stream)] == ["Done."]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ([], ErrorCode.INVALID, ("messages",)),
        ([draft(prompt="Hi")], ErrorCode.INVALID, ("messages", "0", "role")),
        ([draft(role=ASSISTANT, content="x")] * 1001, ErrorCode.TOO_LARGE, ("messages",)),
        (
            [draft(role=ASSISTANT, content="x", client_id="c" * 201)],
            ErrorCode.TOO_LARGE,
            ("messages", "0", "clientId"),
        ),
        (
            [draft(role=ASSISTANT, content="x", metadata=Metadata(custom="m" * 20_000))],
            ErrorCode.TOO_LARGE,
            ("messages", "0", "metadata", "custom"),
        ),
        ([draft(role=ASSISTANT, content="x", client_id="taken")], ErrorCode.CONFLICT, ("messages",)),
    ],
)
async def test_messages_that_cannot_be_the_streams_are_refused_and_it_lives_on(
    store: Store, given: list[Draft], code: ErrorCode, path: tuple[str, ...]
) -> None:
    services = Services(store)
    thread = await new_thread(store)
    await services.messages.save(thread.id, [draft(prompt="Hi"), draft(role=ASSISTANT, content="y", client_id="taken")])
    stream = await services.streams.create(thread.id)
    assert (await refused(services.streams.finish(stream.id, given)))[:2] == (code, ("input", *path))
    assert (await services.streams.append(stream.id, 0, HELLO)).state is StreamState.STREAMING


async def test_a_message_that_was_saved_before_is_not_stored_again_by_its_stream(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    given = [draft(role=ASSISTANT, content="y", client_id="c1")]
    await services.messages.save(thread.id, given)
    stream = await services.streams.create(thread.id)
    outcome = await refused(services.streams.finish(stream.id, given))
    assert outcome[:2] == (ErrorCode.CONFLICT, ("input", "messages", "0", "clientId"))


async def test_an_aborted_stream_cannot_be_finished(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    stream = await services.streams.create(thread.id)
    await services.streams.abort(thread.id, reason="enough")
    outcome = await refused(services.streams.finish(stream.id))
    assert outcome == (ErrorCode.CONFLICT, ("input", "streamId"), f"stream {stream.id} was aborted: enough")


async def test_a_stream_of_a_deleted_thread_is_not_found(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    stream = await services.streams.create(thread.id)
    await services.weft.threads.delete(thread.id)
    assert (await refused(services.streams.finish(stream.id)))[:2] == (ErrorCode.NOT_FOUND, ("input", "streamId"))


async def test_row_113_an_aborted_stream_fails_its_row_with_the_reason_and_keeps_what_it_had(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    stream = await services.streams.create(thread.id, agent_name="bot", model="m", provider="p")
    await services.streams.append(stream.id, 0, HELLO)
    assert await services.streams.abort(thread.id, order=0, reason="changed my mind") == [stream.id]
    (row,) = await rows(services, stream)
    assert (row.id, row.status, row.text, row.error) == (stream.message_id, FAILED, "Hello there", "changed my mind")
    assert (row.finish_reason, row.agent_name, row.model) == (FinishReason.ABORTED, "bot", "m")
    ended = await services.streams.get(stream.id)
    assert ended is not None
    assert (ended.state, ended.abort_reason, ended.end) == (StreamState.ABORTED, "changed my mind", 4)
    assert (await services.told(stream.thread_id))[3:] == [SAVED, THREAD, ENDED]
    assert await services.streams.abort(thread.id) == []


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ([], [(ASSISTANT, FAILED, None)]),
        (TOOLS[:2], [(ASSISTANT, FAILED, None)]),
        (TOOLS[:4], [(ASSISTANT, SUCCESS, None), (TOOL, SUCCESS, None), (ASSISTANT, FAILED, None)]),
        (TOOLS, [(ASSISTANT, SUCCESS, None), (TOOL, SUCCESS, None), (ASSISTANT, FAILED, "Found.")]),
    ],
)
async def test_of_an_aborted_stream_complete_steps_stay_so(
    store: Store, written: list[Chunk], wanted: list[tuple[MessageRole, MessageStatus, str | None]]
) -> None:
    services = Services(store)
    thread = await new_thread(store)
    stream = await services.streams.create(thread.id)
    await services.streams.append(stream.id, 0, written)
    await services.streams.abort(thread.id, stream_id=stream.id, reason="stop")
    stored = await rows(services, stream)
    assert [(row.role, row.status, row.text) for row in stored] == wanted
    assert stored[-1].error == "stop"
    (shown,) = (await services.messages.ui_page(thread.id, EVERYTHING)).nodes
    assert shown.status is UIMessageStatus.FAILED


async def test_of_a_stream_larger_than_a_row_as_much_is_kept_as_the_row_can_hold(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    stream = await services.streams.create(thread.id)
    large = "x" * (1024 * 1024 - 100)
    for start in range(17):
        part = {"type": "data-x", "data": large}
        await services.streams.append(stream.id, start, [part])
    assert (await refused(services.streams.finish(stream.id)))[0] is ErrorCode.TOO_LARGE
    assert await services.streams.abort(thread.id, reason="too much") == [stream.id]
    (row,) = await rows(services, stream)
    assert (row.status, row.error) == (FAILED, "too much")
    assert [part["data"] for part in row.content] == [large] * 7


async def test_row_30_saving_in_the_pending_rows_place_ends_its_stream(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    stream = await services.streams.create(thread.id)
    await services.streams.append(stream.id, 0, HELLO)
    options = SaveOptions(pending_message_id=stream.message_id)
    await services.messages.save(thread.id, [draft(role=ASSISTANT, content="Better.")], options)
    assert [(row.status, row.text) for row in await rows(services, stream)] == [(SUCCESS, "Better.")]
    assert (await refused(services.streams.append(stream.id, 4, words("x"))))[0] is ErrorCode.CONFLICT


async def test_row_33_failing_stale_rows_ends_their_streams(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    stream = await services.streams.create(thread.id)
    await services.streams.append(stream.id, 0, HELLO)
    await services.messages.save(thread.id, [draft(prompt="Next")], SaveOptions(fail_pending_steps=True))
    (row,) = await rows(services, stream)
    assert (row.status, row.text, row.error) == (FAILED, "Hello there", "Restarting")
    ended = await services.streams.get(stream.id)
    assert ended is not None
    assert (ended.state, ended.abort_reason) == (StreamState.ABORTED, "Restarting")


async def test_a_row_that_somebody_completed_stays_as_it_is_when_its_stream_ends(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    streams = [await services.streams.create(thread.id) for _ in range(2)]
    for stream in streams:
        assert stream.message_id is not None
        await services.streams.append(stream.id, 0, HELLO)
        await services.messages.update(stream.message_id, {"content": "By hand.", "status": SUCCESS})
    await services.streams.finish(streams[0].id)
    await services.streams.abort(thread.id)
    for stream in streams:
        assert [(row.status, row.text) for row in await rows(services, stream)] == [(SUCCESS, "By hand.")]


async def write_on(services: Services, stream: Stream, ends: list[int]) -> None:
    """Appends a word at a time, and notes where the stream ended each time that it was said to be stored."""
    while True:
        ends.append((await services.streams.append(stream.id, ends[-1], words("x"))).end)


def several(ends: list[int]) -> bool:
    return len(ends) > 3


@pytest.mark.parametrize("how", ["abort", "finish"])
async def test_what_was_said_to_be_stored_is_kept_whoever_ends_the_stream_meanwhile(
    store: Store, other_store: Store, how: str
) -> None:
    services, others = Services(store), Services(other_store)
    for _ in range(10):
        stream = await services.streams.create((await new_thread(store)).id)
        ends = [(await services.streams.append(stream.id, 0, HELLO)).end]
        writing = asyncio.create_task(write_on(services, stream, ends))
        await wait_until(partial(several, ends))
        if how == "abort":
            await others.streams.abort(stream.thread_id, stream_id=stream.id)
        else:
            await others.streams.finish(stream.id)
        assert (await refused(in_time(writing)))[0] is ErrorCode.CONFLICT
        (row,) = await rows(services, stream)
        assert (row.text or "").count("x") == len(ends) - 1

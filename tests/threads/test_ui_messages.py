"""Rows and streams as a screen shows them (behaviour.md rows 131–145)."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.support import row, stream_at, text, tool_call, words
from tests.threads.histories import ASSISTANT, SYSTEM, TOOL, USER, histories, some

from weft.threads.messages import Message, MessageStatus, Part
from weft.threads.streams import Chunk, StreamState
from weft.threads.tool_parts import ToolPart, ToolState
from weft.threads.ui_messages import (
    LiveStream,
    UIMessage,
    UIMessageRole,
    UIMessageStatus,
    ui_messages,
    with_streams,
)
from weft.threads.ui_parts import PartState, StepStartPart, TextPart
from weft.threads.usage import Usage

RESULT: list[Part] = [{"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {}}]


def keys(messages: list[UIMessage]) -> list[str]:
    return [message.key for message in messages]


def calling(order: int, step: int) -> Message:
    return row(ASSISTANT, order, step, [*text("Let me look."), *tool_call()])


def result(order: int, step: int) -> Message:
    return row(TOOL, order, step, RESULT)


def test_row_139_a_user_and_a_system_row_each_stand_alone() -> None:
    rows = [row(USER, 0, 0), row(SYSTEM, 0, 1), row(SYSTEM, 0, 2), row(USER, 0, 3)]
    messages = ui_messages(rows)
    assert [message.role.value for message in messages] == ["user", "system", "system", "user"]
    assert [message.id for message in messages] == [one.id for one in rows]
    assert keys(messages) == ["thr_1-0-0", "thr_1-0-1", "thr_1-0-2", "thr_1-0-3"]


def test_row_139_calls_results_and_the_answer_are_one_message() -> None:
    rows = [row(USER, 0, 0), calling(0, 1), result(0, 2), calling(0, 3), result(0, 4), row(ASSISTANT, 0, 5)]
    _, answer = ui_messages(rows)
    assert (answer.key, answer.id) == ("thr_1-0-1", rows[1].id)
    assert answer.text == "Let me look. Let me look. assistant 0.5"


def test_row_139_an_answer_without_calls_closes_its_message() -> None:
    rows = [row(ASSISTANT, 0, 1), row(ASSISTANT, 0, 2), calling(0, 3)]
    assert keys(ui_messages(rows)) == ["thr_1-0-1", "thr_1-0-2", "thr_1-0-3"]


def test_row_139_an_answer_does_not_reach_into_the_next_turn() -> None:
    assert keys(ui_messages([calling(0, 1), result(1, 0), row(ASSISTANT, 1, 1)])) == ["thr_1-0-1", "thr_1-1-0"]


def test_a_result_without_its_call_is_the_assistants() -> None:
    (message,) = ui_messages([result(0, 0)])
    assert message.role is UIMessageRole.ASSISTANT


def test_row_140_fields_come_from_the_first_row_and_the_status_from_the_last() -> None:
    first = replace(calling(0, 1), agent_name="one", user_id="ann", usage=Usage(1, 2, 3), client_id="c")
    last = row(ASSISTANT, 0, 2, agent_name="two", status=MessageStatus.FAILED, error="broke", usage=Usage(10, 20, 30))
    (message,) = ui_messages([first, last])
    assert (message.agent_name, message.user_id, message.client_id) == ("one", "ann", "c")
    assert (message.status, message.error) == (UIMessageStatus.FAILED, "broke")
    assert message.usage == Usage(11, 22, 33)
    assert message.created_at == first.created_at


def test_row_145_texts_of_all_rows_are_joined_with_one_space() -> None:
    (message,) = ui_messages([row(ASSISTANT, 0, 1, [*text("a"), {"type": "reasoning", "text": "r"}, *text("b")])])
    assert message.text == "a b"


def test_what_a_pending_row_holds_is_still_being_written() -> None:
    (message,) = ui_messages([row(ASSISTANT, 0, 1, text("so far"), status=MessageStatus.PENDING)])
    assert (message.status, message.parts) == (UIMessageStatus.PENDING, [TextPart("so far", PartState.STREAMING)])


def test_row_138_a_message_has_the_fields_of_its_place_and_writer() -> None:
    asked = row(USER, 3, 0, user_id="ann", client_id="c")
    question, answer = ui_messages([asked, row(ASSISTANT, 3, 1, agent_name="helper", user_id="ann")])
    assert (question.id, question.key, question.order, question.step_order) == (asked.id, "thr_1-3-0", 3, 0)
    assert (question.thread_id, question.agent_name, question.user_id) == ("thr_1", None, "ann")
    assert (answer.key, answer.agent_name, answer.user_id) == ("thr_1-3-1", "helper", "ann")


@some
@given(histories() | histories(junk=True))
def test_row_139_every_row_is_in_exactly_one_message_and_order_is_kept(rows: list[Message]) -> None:
    messages = ui_messages(rows)
    assert len(set(keys(messages))) == len(messages)
    assert [(m.order, m.step_order) for m in messages] == sorted((m.order, m.step_order) for m in messages)
    assert {m.id for m in messages} <= {one.id for one in rows}
    assert sum(m.role is UIMessageRole.USER for m in messages) == sum(one.role is USER for one in rows)


@some
@given(histories())
def test_row_145_the_text_of_messages_is_that_of_their_rows(rows: list[Message]) -> None:
    texts = [one.text for one in rows if one.text is not None]
    assert " ".join(m.text for m in ui_messages(rows) if any(isinstance(p, TextPart) for p in m.parts)) == " ".join(
        texts
    )


@some
@given(histories() | histories(junk=True), st.data())
def test_cutting_pages_at_turns_changes_no_message(rows: list[Message], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, 10))
    older, newer = [one for one in rows if one.order < cut], [one for one in rows if one.order >= cut]
    assert ui_messages(older) + ui_messages(newer) == ui_messages(rows)


@some
@given(histories())
def test_keys_stay_when_a_turn_grows(rows: list[Message]) -> None:
    for count in range(len(rows)):
        assert keys(ui_messages(rows))[: len(keys(ui_messages(rows[:count])))] == keys(ui_messages(rows[:count]))


@some
@given(histories(junk=True))
def test_whatever_is_stored_is_shown(rows: list[Message]) -> None:
    for message in ui_messages(rows):
        assert isinstance(message.text, str)
        json.dumps(message.ai_sdk())


LIVE = LiveStream(stream_at(0, 1), [{"type": "text-start", "id": "0"}, *words("Hel", "lo")])


def test_row_131_a_stream_is_a_message_of_its_own() -> None:
    message = LIVE.ui_message()
    assert (message.id, message.key) == (f"stream:{LIVE.stream.id}", "thr_1-0-1")
    assert (message.role, message.status) == (UIMessageRole.ASSISTANT, UIMessageStatus.STREAMING)
    assert (message.text, message.parts) == ("Hello", [TextPart("Hello", PartState.STREAMING)])


def test_row_131_a_stream_that_ended_tells_how() -> None:
    finished = LiveStream(stream_at(0, 1, state=StreamState.FINISHED), []).ui_message()
    aborted = LiveStream(stream_at(0, 1, state=StreamState.ABORTED, abort_reason="Enough"), []).ui_message()
    assert (finished.status, finished.text, finished.parts) == (UIMessageStatus.SUCCESS, "", [])
    assert (aborted.status, aborted.error) == (UIMessageStatus.FAILED, "Enough")


def test_row_132_a_pending_message_shows_its_stream_under_its_own_id() -> None:
    rows = [row(USER, 0, 0), row(ASSISTANT, 0, 1, [], status=MessageStatus.PENDING, agent_name="helper")]
    stored = ui_messages(rows)
    question, answer = with_streams(stored, [LIVE])
    assert question is stored[0]
    assert (answer.id, answer.key, answer.agent_name) == (rows[1].id, "thr_1-0-1", "helper")
    assert (answer.status, answer.text) == (UIMessageStatus.STREAMING, "Hello")


def test_row_132_a_saved_message_wins_over_its_stream() -> None:
    for status in (MessageStatus.SUCCESS, MessageStatus.FAILED):
        saved = ui_messages([row(ASSISTANT, 0, 1, text("Hello there"), status=status)])
        assert with_streams(saved, [LIVE]) == saved


def test_a_stream_of_another_place_changes_nothing() -> None:
    pending = ui_messages([row(ASSISTANT, 1, 1, [], status=MessageStatus.PENDING)])
    assert with_streams(pending, [LIVE]) == pending
    assert with_streams(pending, []) == pending


def test_row_133_a_stream_goes_on_where_the_rows_before_it_ended() -> None:
    rows = [calling(0, 1), result(0, 2), row(ASSISTANT, 0, 3, [], status=MessageStatus.PENDING)]
    step = [{"type": "start-step"}, {"type": "text-start", "id": "0"}, *words("Two.")]
    (saved,) = ui_messages(rows)
    (shown,) = with_streams([saved], [LiveStream(stream_at(0, 3), step)])
    assert (shown.key, shown.status, shown.text) == ("thr_1-0-1", UIMessageStatus.STREAMING, "Let me look. Two.")
    assert list(shown.parts) == [*saved.parts, StepStartPart(3), TextPart("Two.", PartState.STREAMING)]


def test_row_133_a_stream_of_all_steps_takes_the_place_of_all_rows() -> None:
    rows = [calling(0, 1), result(0, 2), row(ASSISTANT, 0, 3, [], status=MessageStatus.PENDING)]
    call: Chunk = {"type": "tool-input-available", "toolCallId": "c1", "toolName": "look", "input": {}}
    chunks: list[Chunk] = [
        {"type": "start-step"},
        call,
        {"type": "tool-output-available", "toolCallId": "c1", "output": 1},
    ]
    (shown,) = with_streams(ui_messages(rows), [LiveStream(stream_at(0, 1), chunks)])
    tool = ToolPart("c1", "look", ToolState.OUTPUT_AVAILABLE, input={}, output=1)
    assert list(shown.parts) == [StepStartPart(1), tool]


def test_row_133_a_result_that_is_streamed_is_joined_with_the_call_that_is_saved() -> None:
    rows = [calling(0, 1), row(ASSISTANT, 0, 2, [], status=MessageStatus.PENDING)]
    chunks: list[Chunk] = [{"type": "tool-output-available", "toolCallId": "c1", "output": 1}]
    (shown,) = with_streams(ui_messages(rows), [LiveStream(stream_at(0, 2), chunks)])
    assert [part.output for part in shown.parts if isinstance(part, ToolPart)] == [1]


def test_the_ai_sdk_form_has_id_role_and_parts() -> None:
    one = row(USER, 0, 0, text("Hi"))
    (message,) = ui_messages([one])
    assert message.ai_sdk() == {
        "id": one.id,
        "role": "user",
        "parts": [{"type": "text", "text": "Hi", "state": "done"}],
    }

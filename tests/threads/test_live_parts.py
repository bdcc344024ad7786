"""What a stream shows beside what the rows know."""

from typing import Any

import pytest
from tests.support import row, stream_at, text, tool_call
from tests.threads.histories import ASSISTANT, TOOL

from weft.threads.messages import Message, MessageStatus, Part
from weft.threads.streams import Chunk
from weft.threads.tool_parts import ToolPart, ToolState
from weft.threads.ui_messages import LiveStream, UIMessage, ui_messages, with_streams
from weft.threads.ui_parts import StepStartPart

CALL: Chunk = {"type": "tool-input-available", "toolCallId": "c1", "toolName": "look", "input": {}}
ASK: Chunk = {"type": "tool-approval-request", "toolCallId": "c1", "approvalId": "a1"}
DONE: Chunk = {"type": "tool-output-available", "toolCallId": "c1", "output": "x"}
STEP: Chunk = {"type": "start-step"}
SAY: list[Chunk] = [{"type": "text-start", "id": "t"}, {"type": "text-delta", "id": "t", "delta": "Hi"}]
ASKING: list[Part] = [*tool_call(), {"type": "tool-approval-request", "approvalId": "a1", "toolCallId": "c1"}]


def response(approved: bool) -> list[Part]:
    return [{"type": "tool-approval-response", "approvalId": "a1", "approved": approved, "reason": "so"}]


def result(kind: str = "text") -> list[Part]:
    return [{"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {"type": kind, "value": "x"}}]


def shown(rows: list[Message], step: int, *chunks: Chunk) -> UIMessage:
    """The rows' only message while a stream writes that began at a step."""
    (message,) = with_streams(ui_messages(rows), [LiveStream(stream_at(0, step), chunks)])
    return message


def call_in(message: UIMessage) -> ToolPart:
    (call,) = [part for part in message.parts if isinstance(part, ToolPart)]
    return call


def steps_in(message: UIMessage) -> list[int]:
    return [part.step_order for part in message.parts if isinstance(part, StepStartPart)]


def pending(step: int, role: Any = ASSISTANT) -> Message:
    return row(role, 0, step, [], status=MessageStatus.PENDING)


@pytest.mark.parametrize(
    ("approved", "state"), [(True, ToolState.APPROVAL_RESPONDED), (False, ToolState.OUTPUT_DENIED)]
)
def test_a_decision_that_only_the_rows_know_is_shown(approved: bool, state: ToolState) -> None:
    rows = [row(ASSISTANT, 0, 1, ASKING), pending(2, TOOL), row(TOOL, 0, 3, response(approved)), pending(4, TOOL)]
    call = call_in(shown(rows, 1, STEP, CALL, ASK))
    assert call.state is state
    assert call.approval is not None
    assert (call.approval.approved, call.approval.reason) == (approved, "so")


def test_a_result_that_only_the_stream_knows_is_shown_with_the_decision_of_the_rows() -> None:
    rows = [row(ASSISTANT, 0, 1, ASKING), row(TOOL, 0, 2, response(True)), pending(3, TOOL)]
    call = call_in(shown(rows, 1, STEP, CALL, ASK, DONE))
    assert (call.state, call.output) == (ToolState.OUTPUT_AVAILABLE, "x")
    assert call.approval is not None
    assert call.approval.approved is True


def test_a_result_that_only_the_rows_know_is_shown() -> None:
    rows = [row(ASSISTANT, 0, 1, tool_call()), row(TOOL, 0, 2, result(), status=MessageStatus.PENDING)]
    assert call_in(shown(rows, 1, STEP, CALL)).state is ToolState.OUTPUT_AVAILABLE


def test_what_the_stream_has_from_a_result_on_is_never_taken_back() -> None:
    rows = [row(ASSISTANT, 0, 1, tool_call()), pending(2, TOOL)]
    preliminary = {**DONE, "output": "so far", "preliminary": True}
    assert call_in(shown(rows, 1, STEP, CALL, preliminary)).output == "so far"


def test_an_id_that_is_used_again_is_another_call() -> None:
    rows = [row(ASSISTANT, 0, 1, tool_call()), row(TOOL, 0, 2, result()), pending(3)]
    parts = shown(rows, 1, STEP, CALL, DONE, STEP, CALL).parts
    calls = [part for part in parts if isinstance(part, ToolPart)]
    assert [call.state for call in calls] == [ToolState.OUTPUT_AVAILABLE, ToolState.INPUT_AVAILABLE]


def test_steps_have_the_numbers_of_their_rows_although_decisions_took_some() -> None:
    rows = [
        row(ASSISTANT, 0, 1, ASKING),
        row(TOOL, 0, 2, []),
        row(TOOL, 0, 3, response(True)),
        row(TOOL, 0, 4, result()),
    ]
    assert steps_in(shown([*rows, pending(5)], 1, STEP, CALL, ASK, DONE, STEP, *SAY)) == [1, 5]
    more = [row(ASSISTANT, 0, 5, [*text("Hi"), {**tool_call()[0], "toolCallId": "c2"}]), pending(6, TOOL)]
    assert steps_in(shown([*rows, *more], 1, STEP, CALL, ASK, DONE, STEP, *SAY)) == [1, 5]


def test_a_stream_that_begins_with_results_writes_its_first_step_after_their_row() -> None:
    rows = [row(ASSISTANT, 0, 1, ASKING), row(TOOL, 0, 2, response(True)), row(TOOL, 0, 3, result()), pending(4)]
    assert steps_in(shown(rows, 3, DONE, STEP, *SAY)) == [1, 4]
    again = {**CALL, "toolCallId": "c2"}
    alone = LiveStream(stream_at(0, 3), [DONE, STEP, again, {**DONE, "toolCallId": "c2"}, STEP, *SAY]).ui_message()
    assert steps_in(alone) == [4, 6]


def test_rows_that_were_read_before_the_stream_went_on_do_not_hold_it_back() -> None:
    rows = [row(ASSISTANT, 0, 1, tool_call()), pending(2, TOOL)]
    assert steps_in(shown(rows, 1, STEP, CALL, DONE, STEP, *SAY)) == [1, 3]

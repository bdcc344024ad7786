"""Calls, approvals and results of an answer's rows as one part each (behaviour.md rows 82–88, 141–144)."""

from typing import Any

import pytest
from tests.support import LONG_AGO, row, text
from tests.threads.histories import ASSISTANT, TOOL

from weft.threads.messages import Message, MessageStatus, Part
from weft.threads.tool_parts import ToolApproval, ToolPart, ToolState
from weft.threads.ui_messages import ui_messages
from weft.threads.ui_parts import (
    CustomPart,
    FilePart,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    StepStartPart,
    TextPart,
    UIPart,
)

CALL: Part = {"type": "tool-call", "toolCallId": "c1", "toolName": "look", "input": {"q": 1}}
REQUEST: Part = {"type": "tool-approval-request", "approvalId": "a1", "toolCallId": "c1"}
INPUT = {"q": 1}


def result(output: Any, **more: Any) -> Part:
    return {"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": output, **more}


def response(*, approved: bool, **more: Any) -> Part:
    return {"type": "tool-approval-response", "approvalId": "a1", "approved": approved, **more}


def parts(*rows: Message) -> list[UIPart]:
    (message,) = ui_messages(rows)
    return list(message.parts)


def called(*answers: Part, asking: tuple[Part, ...] = (), **fields: Any) -> ToolPart:
    """The one tool part of a step that calls and of what it is told."""
    told = [row(TOOL, 0, 2 + index, [answer], **fields) for index, answer in enumerate(answers)]
    start, tool = parts(row(ASSISTANT, 0, 1, [CALL, *asking]), *told)
    assert start == StepStartPart(1)
    assert isinstance(tool, ToolPart)
    return tool


def test_row_141_a_step_that_calls_a_tool_begins_with_a_step_start() -> None:
    rows = [
        row(ASSISTANT, 0, 1, [*text("Let me look."), CALL]),
        row(TOOL, 0, 2, [result({"type": "text", "value": "2"})]),
    ]
    tool = ToolPart("c1", "look", ToolState.OUTPUT_AVAILABLE, input=INPUT, output="2")
    assert parts(*rows, row(ASSISTANT, 0, 3, text("Two."))) == [
        StepStartPart(1),
        TextPart("Let me look."),
        tool,
        StepStartPart(3),
        TextPart("Two."),
    ]


def test_row_141_an_answer_without_tools_has_no_steps() -> None:
    assert parts(row(ASSISTANT, 0, 1, text("Two."))) == [TextPart("Two.")]


def test_row_141_metadata_of_the_row_is_that_of_its_text_reasoning_and_calls() -> None:
    facts, own = {"openai": {"id": "r"}}, {"openai": {"id": "own"}}
    content: list[Part] = [
        {"type": "reasoning", "text": "hm"},
        {"type": "text", "text": "a", "providerMetadata": own},
        CALL,
    ]
    _, reasoning, said, tool = parts(row(ASSISTANT, 0, 1, content, provider_metadata=facts))
    assert (reasoning, said) == (ReasoningPart("hm", provider_metadata=facts), TextPart("a", provider_metadata=own))
    assert isinstance(tool, ToolPart)
    assert tool.call_provider_metadata == facts


@pytest.mark.parametrize("tools", [[], [CALL]])
def test_row_141_reasoning_of_the_row_comes_first_if_its_content_has_none(tools: list[Part]) -> None:
    shown = [part for part in parts(row(ASSISTANT, 0, 1, [*text("a"), *tools], reasoning="hm")) if _plain(part)]
    assert shown == [ReasoningPart("hm"), TextPart("a")]
    content: list[Part] = [*text("a"), {"type": "reasoning", "text": "so"}, *tools]
    shown = [part for part in parts(row(ASSISTANT, 0, 1, content, reasoning="so")) if _plain(part)]
    assert shown == [TextPart("a"), ReasoningPart("so")]


def _plain(part: UIPart) -> bool:
    return not isinstance(part, StepStartPart | ToolPart)


@pytest.mark.parametrize("tools", [[], [CALL]])
def test_row_141_sources_of_the_row_follow_its_content_each_once(tools: list[Part]) -> None:
    web: Part = {"type": "source", "sourceType": "url", "id": "1", "url": "https://weft.example"}
    notes: Part = {
        "sourceType": "document",
        "id": "2",
        "mediaType": "text/plain",
        "title": "Notes",
        "filename": "n.txt",
    }
    shown = parts(row(ASSISTANT, 0, 1, [web, *text("a"), *tools], sources=[web, notes, {"sourceType": "url"}, 5]))
    assert [part for part in shown if _plain(part)] == [
        SourceUrlPart("1", "https://weft.example"),
        TextPart("a"),
        SourceDocumentPart("2", "text/plain", "Notes", "n.txt"),
    ]


def test_row_141_files_of_reasoning_custom_parts_and_redacted_reasoning() -> None:
    facts = {"openai": {"id": "x"}}
    content: list[Part] = [
        {"type": "reasoning-file", "data": "AA==", "mediaType": "image/png"},
        {"type": "custom", "kind": "openai.compaction", "providerMetadata": facts},
        {"type": "redacted-reasoning", "data": "secret"},
    ]
    assert parts(row(ASSISTANT, 0, 1, content)) == [
        FilePart("image/png", "data:image/png;base64,AA==", reasoning=True),
        CustomPart("openai.compaction", facts),
    ]


def test_row_82_a_call_that_needs_approval_waits_for_it() -> None:
    tool = called(asking=({**REQUEST, "isAutomatic": True, "signature": "s"},))
    assert tool.state is ToolState.APPROVAL_REQUESTED
    assert tool.approval == ToolApproval("a1", is_automatic=True, signature="s")


def test_row_83_an_approved_call_has_been_responded_to() -> None:
    by = {"weft": {"decidedBy": "ann"}}
    tool = called(response(approved=True, reason="fine", providerMetadata=by), asking=(REQUEST,))
    assert tool.state is ToolState.APPROVAL_RESPONDED
    assert tool.approval == ToolApproval("a1", True, "fine", decided_by="ann", decided_at=LONG_AGO)


def test_row_84_an_approved_call_keeps_its_approval_when_it_has_run() -> None:
    tool = called(response(approved=True), result({"type": "json", "value": {"n": 2}}), asking=(REQUEST,))
    assert (tool.state, tool.output) == (ToolState.OUTPUT_AVAILABLE, {"n": 2})
    assert tool.approval == ToolApproval("a1", True, decided_at=LONG_AGO)


def test_row_84_a_denied_call_is_denied_also_when_the_denial_is_stored_as_its_result() -> None:
    denied = ToolApproval("a1", False, "no", decided_at=LONG_AGO)
    answers = [response(approved=False, reason="no"), result({"type": "execution-denied", "reason": "no"})]
    for told in (answers[:1], answers):
        tool = called(*told, asking=(REQUEST,))
        assert (tool.state, tool.approval) == (ToolState.OUTPUT_DENIED, denied)


def test_row_88_an_approval_that_was_denied_by_itself_is_denied_on_the_screen() -> None:
    reason = "auto-denied: new generation started"
    tool = called(response(approved=False, reason=reason), asking=(REQUEST,))
    assert (tool.state, tool.approval and tool.approval.reason) == (ToolState.OUTPUT_DENIED, reason)


def test_row_85_calls_of_one_step_are_told_apart() -> None:
    other = {**CALL, "toolCallId": "c2"}
    rows = [row(ASSISTANT, 0, 1, [CALL, other, REQUEST]), row(TOOL, 0, 2, [result(None, toolCallId="c2")])]
    states = [part.state for part in parts(*rows) if isinstance(part, ToolPart)]
    assert states == [ToolState.APPROVAL_REQUESTED, ToolState.OUTPUT_AVAILABLE]


def test_row_142_a_call_without_more_has_its_input() -> None:
    assert called() == ToolPart("c1", "look", ToolState.INPUT_AVAILABLE, input=INPUT)


@pytest.mark.parametrize(
    ("output", "value"),
    [
        ({"type": "text", "value": "two"}, "two"),
        ({"type": "json", "value": {"n": 2}}, {"n": 2}),
        ({"type": "content", "value": [{"type": "text", "text": "two"}]}, [{"type": "text", "text": "two"}]),
        (None, None),
        ({"n": 2}, {"n": 2}),
    ],
)
def test_row_142_outputs_are_unwrapped(output: Any, value: Any) -> None:
    tool = called(result(output))
    assert (tool.state, tool.output) == (ToolState.OUTPUT_AVAILABLE, value)


def test_row_142_what_is_said_of_the_approval_of_a_call_that_has_ended_does_not_change_its_state() -> None:
    tool = called(result({"type": "text", "value": "2"}), REQUEST, response(approved=False))
    assert (tool.state, tool.output) == (ToolState.OUTPUT_AVAILABLE, "2")
    assert tool.approval == ToolApproval("a1", False, decided_at=LONG_AGO)


def test_row_142_a_denial_that_nobody_asked_for_has_an_approval_without_id() -> None:
    tool = called(result({"type": "execution-denied", "reason": "no"}))
    assert (tool.state, tool.approval) == (ToolState.OUTPUT_DENIED, ToolApproval("", False, "no"))


@pytest.mark.parametrize("output", [{"type": "text", "value": "2"}, {"type": "execution-denied"}])
def test_row_143_a_result_without_its_call_stands_alone_without_input(output: Any) -> None:
    (tool,) = parts(row(TOOL, 0, 2, [result(output)]))
    assert isinstance(tool, ToolPart)
    assert (tool.tool_call_id, tool.tool_name, tool.input, tool.state.final) == ("c1", "look", None, True)


@pytest.mark.parametrize(
    ("output", "error"),
    [({"type": "error-text", "value": "broke"}, "broke"), ({"type": "error-json", "value": {"n": 1}}, '{"n": 1}')],
)
def test_row_144_an_error_as_the_result_is_the_calls_error(output: Any, error: str) -> None:
    tool = called(result(output))
    assert (tool.state, tool.error_text, tool.output) == (ToolState.OUTPUT_ERROR, error, None)


def test_row_144_the_error_of_a_tool_row_is_the_error_of_its_calls() -> None:
    tool = called(result({"type": "text", "value": "2"}), error="gone", status=MessageStatus.FAILED)
    assert (tool.state, tool.error_text, tool.output) == (ToolState.OUTPUT_ERROR, "gone", None)


def test_row_144_old_error_flags_count() -> None:
    old = {"type": "tool-result", "toolCallId": "c1", "toolName": "look", "result": "broke", "isError": True}
    assert called(old).error_text == "broke"


def test_a_result_belongs_to_the_newest_call_of_its_id() -> None:
    rows = [row(ASSISTANT, 0, step, [CALL]) for step in (1, 3)]
    told = [row(TOOL, 0, step, [result({"type": "text", "value": str(step)})]) for step in (2, 4)]
    outputs = [part.output for part in parts(rows[0], told[0], rows[1], told[1]) if isinstance(part, ToolPart)]
    assert outputs == ["2", "4"]


def test_the_later_of_two_results_counts() -> None:
    tool = called(result({"type": "error-text", "value": "broke"}), result({"type": "text", "value": "2"}))
    assert (tool.state, tool.output, tool.error_text) == (ToolState.OUTPUT_AVAILABLE, "2", None)

"""UI messages back to rows (behaviour.md row 146)."""

from dataclasses import replace

import pytest
from hypothesis import given
from tests.support import row, text, tool_call
from tests.threads.histories import ASSISTANT, SYSTEM, TOOL, USER, histories, some
from tests.threads.tool_streams import tool_streams

from weft.threads.chunks import ChunkReducer
from weft.threads.content import step_contents
from weft.threads.forms import parse_content
from weft.threads.messages import FinishReason, Message, MessageStatus, Part
from weft.threads.rows import rows_of
from weft.threads.streams import Chunk
from weft.threads.tool_parts import ToolPart, ToolState
from weft.threads.ui_messages import UIMessage, UIMessageStatus, shown_text, ui_messages
from weft.threads.ui_parts import PartState, ReasoningPart, TextPart, UIPart
from weft.threads.usage import Usage

RESULT: list[Part] = [
    {"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {"type": "json", "value": 2}}
]
SOURCE: Part = {"type": "source", "sourceType": "url", "id": "1", "url": "https://weft.example"}


def answer() -> UIMessage:
    rows = [
        row(
            ASSISTANT,
            0,
            1,
            [{"type": "reasoning", "text": "hm"}, *text("Let me look."), *tool_call()],
            agent_name="helper",
        ),
        row(TOOL, 0, 2, RESULT),
        row(ASSISTANT, 0, 3, [SOURCE, *text("Two.")], usage=Usage(1, 2, 3)),
    ]
    (message,) = ui_messages(rows)
    return message


def test_row_146_an_answer_becomes_a_row_for_each_step_and_for_its_results() -> None:
    message = answer()
    rows = rows_of([message])
    assert [one.id for one in rows] == [f"{message.id}-{index}" for index in range(3)]
    assert [one.position for one in rows] == [replace(rows[0].position, step_order=step) for step in (1, 2, 3)]
    assert [one.role for one in rows] == [ASSISTANT, TOOL, ASSISTANT]
    assert [one.tool for one in rows] == [True, True, False]
    assert [one.text for one in rows] == ["Let me look.", None, "Two."]
    assert [one.reasoning for one in rows] == ["hm", None, None]
    assert [one.finish_reason for one in rows] == [FinishReason.TOOL_CALLS, None, FinishReason.STOP]
    assert [one.sources for one in rows] == [None, None, [SOURCE]]
    assert [one.usage for one in rows] == [None, None, Usage(1, 2, 3)]
    assert {one.agent_name for one in rows} == {"helper"}


@pytest.mark.parametrize(
    ("shown", "stored"),
    [
        (UIMessageStatus.STREAMING, MessageStatus.PENDING),
        (UIMessageStatus.PENDING, MessageStatus.PENDING),
        (UIMessageStatus.SUCCESS, MessageStatus.SUCCESS),
        (UIMessageStatus.FAILED, MessageStatus.FAILED),
    ],
)
def test_row_146_only_the_last_row_is_not_complete(shown: UIMessageStatus, stored: MessageStatus) -> None:
    rows = rows_of([replace(answer(), status=shown, error="broke")])
    assert [one.status for one in rows] == [MessageStatus.SUCCESS, MessageStatus.SUCCESS, stored]
    assert [one.error for one in rows] == [None, None, "broke"]


def test_row_146_what_a_user_or_the_system_said_is_one_row() -> None:
    said = [row(SYSTEM, 0, 0), row(USER, 1, 0, client_id="c")]
    rows = rows_of(ui_messages(said))
    assert [(one.role, one.content, one.text) for one in rows] == [(one.role, one.content, one.text) for one in said]
    assert [one.client_id for one in rows] == [None, "c"]


def shown(message: UIMessage) -> list[UIPart]:
    """What of a message rows can hold as it is: who decided when, and which of its rows was not complete, are not."""
    return [_comparable(part) for part in message.parts]


def _comparable(part: UIPart) -> UIPart:
    if isinstance(part, TextPart | ReasoningPart):
        return replace(part, state=PartState.DONE)
    if not isinstance(part, ToolPart) or part.approval is None:
        return part
    return replace(part, approval=replace(part.approval, decided_at=None))


@some
@given(histories())
def test_row_146_the_rows_of_messages_make_the_same_messages_again(rows: list[Message]) -> None:
    for message in ui_messages(rows):
        again = ui_messages(rows_of([message]))
        assert shown_text(part for one in again for part in one.parts) == message.text
        if len(again) == 1 and not any(isinstance(part, ToolPart) for part in message.parts):
            assert shown(again[0]) == shown(message)


@some
@given(tool_streams())
def test_row_119_the_steps_of_a_stream_are_content_that_may_be_saved(chunks: list[Chunk]) -> None:
    parts = ChunkReducer(chunks).closed_parts()
    contents = step_contents(parts)
    for role, content in contents:
        assert parse_content(role, content, ()) == content
    calls = [part for part in parts if isinstance(part, ToolPart) and part.state is not ToolState.INPUT_STREAMING]
    assert len(calls) == sum(part["type"] == "tool-call" for _, content in contents for part in content)


def test_saved_steps_are_shown_as_they_were_streamed() -> None:
    message = answer()
    assert ui_messages(rows_of([message]))[0].parts == message.parts

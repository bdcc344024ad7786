"""`aiSdk` is a message to the real AI SDK, and a stream says to us what it says to it."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.support import row, stream_at, words
from tests.threads.ai_sdk import AiSdk, ai_sdk
from tests.threads.histories import ASSISTANT, TOOL, USER, histories
from tests.threads.tool_streams import tool_streams

from weft.threads.ai_sdk import ai_sdk_part
from weft.threads.chunks import ChunkReducer
from weft.threads.messages import Message
from weft.threads.streams import Chunk
from weft.threads.tool_parts import ToolApproval, ToolPart, ToolState
from weft.threads.ui_messages import LiveStream, UIMessage, ui_messages
from weft.threads.ui_parts import (
    CustomPart,
    DataPart,
    FilePart,
    PartState,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    StepStartPart,
    TextPart,
    UIPart,
)

__all__ = ["ai_sdk"]

FACTS = {"openai": {"itemId": "i", "nothing": None}}
PLAIN: list[UIPart] = [
    TextPart("Hi"),
    TextPart("Hi", PartState.STREAMING, FACTS),
    TextPart("Hi", PartState.DONE, {"not": "an object of objects"}),
    ReasoningPart("Hm", PartState.STREAMING, FACTS),
    FilePart("image/png", "https://weft.example/a.png"),
    FilePart("image/png", "data:image/png;base64,AA==", "a.png", provider_metadata=FACTS),
    FilePart("image/png", "", provider_reference={"openai": "file-1"}),
    FilePart("image/png", "data:image/png;base64,AA==", reasoning=True),
    SourceUrlPart("s", "https://weft.example", "Weft", FACTS),
    SourceUrlPart("s", "https://weft.example"),
    SourceDocumentPart("s", "text/plain", "Notes", "n.txt", FACTS),
    StepStartPart(1),
    DataPart("weather", None, {"degrees": 21}),
    DataPart("weather", "d1", [1]),
    CustomPart("openai.compaction", FACTS),
]
APPROVALS = [
    None,
    ToolApproval("a1"),
    ToolApproval("a1", True, "fine", True, "signed"),
    ToolApproval("a1", False, "no"),
]
FIELDS: list[dict[str, Any]] = [
    {},
    {"input": {"q": 1}, "output": [1], "preliminary": True, "title": "Look", "provider_executed": True},
    {"raw_input": '{"q', "error_text": "broke", "metadata": {"x": 1}, "call_provider_metadata": FACTS},
]
TOOLS = [
    ToolPart("c1", "look", state, dynamic=dynamic, approval=approval, **fields)
    for state in ToolState
    for dynamic in (False, True)
    for approval in APPROVALS
    for fields in FIELDS
]


def refusal(sdk: AiSdk, messages: list[UIMessage]) -> str | None:
    """Why the AI SDK does not take these messages; None when it does, and changes nothing of them."""
    told = json.loads(json.dumps([message.ai_sdk() for message in messages]))
    answer = sdk.ask(validate=told)
    if "error" not in answer:
        assert answer["value"] == told
    return answer.get("error")


@pytest.mark.parametrize("role", ["assistant", "user", "system"])
def test_every_part_in_every_state_is_taken(ai_sdk: AiSdk, role: str) -> None:
    parts = [ai_sdk_part(part) for part in [*PLAIN, *TOOLS]]
    answer = ai_sdk.ask(validate=[{"id": "m", "role": role, "parts": parts}])
    assert answer == {"value": [{"id": "m", "role": role, "parts": parts}]}


def test_messages_without_parts_are_taken(ai_sdk: AiSdk) -> None:
    rows = [row(USER, 0, 0, []), row(ASSISTANT, 0, 1, []), row(TOOL, 0, 2, [])]
    assert refusal(ai_sdk, ui_messages(rows)) is None


def test_what_is_no_message_is_refused_so_that_the_others_prove_something(ai_sdk: AiSdk) -> None:
    assert "error" in ai_sdk.ask(validate=[{"id": "m", "role": "assistant", "parts": [{"type": "spell"}]}])


_settings = settings(
    deadline=None,
    max_examples=60,
    phases=(Phase.explicit, Phase.generate),  # shrinking across a process takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)


@_settings
@given(rows=histories())
def test_whatever_rows_are_saved_the_ai_sdk_takes_them(ai_sdk: AiSdk, rows: list[Message]) -> None:
    messages = ui_messages(rows)
    assert not messages or refusal(ai_sdk, messages) is None


@_settings
@given(rows=histories(junk=True))
def test_whatever_is_stored_the_ai_sdk_takes_it(ai_sdk: AiSdk, rows: list[Message]) -> None:
    messages = ui_messages(rows)
    assert not messages or refusal(ai_sdk, messages) is None


@_settings
@given(chunks=tool_streams())
def test_a_stream_at_any_moment_is_a_message_to_the_ai_sdk(ai_sdk: AiSdk, chunks: list[Chunk]) -> None:
    moments = [LiveStream(stream_at(0, 1), chunks[:count]).ui_message() for count in range(len(chunks) + 1)]
    assert refusal(ai_sdk, moments) is None


def read_from(answer: dict[str, Any]) -> list[dict[str, Any]]:
    message: dict[str, Any] = answer["value"] or {"parts": []}
    parts: list[dict[str, Any]] = message["parts"]
    return parts


def comparable(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parts without what the two are known to say differently.

    The AI SDK begins every step with a step-start, also where no tool is called, but tells of it only with what comes
    next; it guesses at incomplete input, keeps the ids of reasoning, and has the unreadable input of a known tool as
    its input (behaviour.md row 129).
    """
    shown: list[dict[str, Any]] = []
    tools = any(part["type"].startswith(("tool-", "dynamic-tool")) for part in parts)
    for part in parts:
        if part["type"] == "step-start" and not tools:
            continue
        gone = "id" if part["type"] == "reasoning" else "input" if part.get("state") == "input-streaming" else None
        same = {name: value for name, value in part.items() if name != gone and value is not None}
        if part.get("state") == "output-error" and "rawInput" in part:
            same["input"] = same.pop("rawInput")
        shown.append(same)
    while shown and shown[-1]["type"] == "step-start":
        shown.pop()
    return shown


@_settings
@given(chunks=tool_streams())
def test_row_129_a_stream_reduces_to_what_the_ai_sdk_reads_from_it(ai_sdk: AiSdk, chunks: list[Chunk]) -> None:
    answer = ai_sdk.ask(read=chunks)
    assert "error" not in answer
    ours = json.loads(json.dumps([ai_sdk_part(part) for part in ChunkReducer(chunks).parts()]))
    assert comparable(ours) == comparable(read_from(answer))


RECORDED: list[Chunk] = [
    {"type": "start", "messageMetadata": {"model": "m"}},
    {"type": "start-step"},
    {"type": "reasoning-start", "id": "0"},
    {"type": "reasoning-delta", "id": "0", "delta": "I should look."},
    {"type": "reasoning-end", "id": "0", "providerMetadata": {"anthropic": {"signature": "s"}}},
    {"type": "text-start", "id": "1"},
    *words("Let me ", "look.", id="1"),
    {"type": "text-end", "id": "1"},
    {"type": "tool-input-start", "toolCallId": "c1", "toolName": "look", "title": "Look"},
    {"type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": '{"where":'},
    {"type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": '"here"}'},
    {"type": "tool-input-available", "toolCallId": "c1", "toolName": "look", "input": {"where": "here"}},
    {"type": "tool-output-available", "toolCallId": "c1", "output": {"found": 1}, "preliminary": True},
    {"type": "data-progress", "id": "p", "data": 1},
    {"type": "data-progress", "id": "p", "data": 2},
    {"type": "data-noise", "data": 1, "transient": True},
    {"type": "tool-output-available", "toolCallId": "c1", "output": {"found": 2}},
    {"type": "finish-step"},
    {"type": "start-step"},
    {"type": "source-url", "sourceId": "s1", "url": "https://weft.example", "title": "Weft"},
    {"type": "text-start", "id": "0"},
    *words("Two.", id="0"),
    {"type": "text-end", "id": "0"},
    {"type": "finish-step"},
    {"type": "finish", "finishReason": "stop", "messageMetadata": {"tokens": 5}},
]


def test_a_recorded_answer_with_a_tool_reads_the_same_at_every_moment(ai_sdk: AiSdk) -> None:
    for count in range(1, len(RECORDED) + 1):
        answer = ai_sdk.ask(read=RECORDED[:count])
        ours = [ai_sdk_part(part) for part in ChunkReducer(RECORDED[:count]).parts()]
        theirs = read_from(answer)
        assert comparable(ours) == comparable(theirs)
        if answer["value"] is not None:
            assert answer["value"].get("metadata") == ChunkReducer(RECORDED[:count]).metadata

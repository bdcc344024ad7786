"""Chunks made up from seeds, and the parts that the server's reducer makes of them, as GraphQL shows those."""

import random
from typing import Any, Final

from weft.threads.chunks import ChunkReducer
from weft.threads.streams import Chunk
from weft.threads.tool_parts import ToolApproval, ToolPart
from weft.threads.ui_parts import (
    CustomPart,
    DataPart,
    FilePart,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    StepStartPart,
    TextPart,
    UIPart,
)

CALLS: Final = ("c1", "c2", "c3")


def histories(count: int) -> list[dict[str, Any]]:
    return [_history(random.Random(seed)) for seed in range(count)]


def _history(chance: random.Random) -> dict[str, Any]:
    # Calls end with their step: the server does not remember what was written of a call whose id begins anew.
    ends: list[Chunk] = [{"type": "tool-output-denied", "toolCallId": call} for call in CALLS]
    steps = [_step(chance) for _ in range(chance.randrange(4))]
    chunks = [chunk for step in steps for chunk in (*step, *([] if step is steps[-1] else ends))]
    parts = ChunkReducer(chunks).parts()
    return {"chunks": chunks, "parts": [shown for part in parts if (shown := _shown(part)) is not None]}


def _step(chance: random.Random) -> list[Chunk]:
    """What a step may say, in any order; what was begun ends with it, as it does when steps are written."""
    chunks: list[Chunk] = [{"type": "start-step"}] if chance.random() < 0.9 else []
    chunks += [_chunk(chance) for _ in range(chance.randrange(25))]
    if chance.random() < 0.2:
        chunks += [{"type": "reset-step"}, *(_chunk(chance) for _ in range(chance.randrange(10)))]
    return chunks + [{"type": f"{kind}-end", "id": name} for kind in ("text", "reasoning") for name in "ab"]


def _chunk(chance: random.Random) -> Chunk:
    call = chance.choice(CALLS)
    named = {"toolCallId": call, "toolName": chance.choice(["weather", "pay"])}
    kind = chance.choice(["text", "reasoning"])
    piece = {"id": chance.choice("ab"), "delta": chance.choice(["Hel", "lo", "", " ", "é\U0001f600"])}
    given: list[Chunk] = [
        {"type": f"{kind}-start", "id": piece["id"]},
        {"type": f"{kind}-delta", **piece},
        {"type": f"{kind}-delta", **piece},
        {"type": f"{kind}-end", "id": piece["id"]},
        {"type": f"{kind}-delta", "id": 7, "delta": "?"},
        {"type": "text-other", "id": "a", "delta": "?"},
        {"type": "tool-input-start", **named, **chance.choice([{}, {"dynamic": True}, {"title": "T"}])},
        {
            "type": "tool-input-delta",
            "toolCallId": call,
            "inputTextDelta": chance.choice(['{"a":', "1}", " ", "[", "]", '"x']),
        },
        {
            "type": "tool-input-delta",
            "toolCallId": call,
            "inputTextDelta": chance.choice(['{"a": [1, {}]}', '{"b":"', '"}']),
        },
        {"type": "tool-input-available", **named, "input": {"a": 1}, **chance.choice([{}, {"providerExecuted": True}])},
        {"type": "tool-input-error", **named, "input": chance.choice(["{", [2], None]), "errorText": "wrong"},
        {"type": "tool-output-available", "toolCallId": call, "output": chance.choice([1, {"b": None}, None])},
        {"type": "tool-output-available", "toolCallId": call, "output": "half", "preliminary": True},
        {"type": "tool-output-error", "toolCallId": call, "errorText": "no", "providerExecuted": chance.random() < 0.5},
        {"type": "tool-output-denied", "toolCallId": call},
        {
            "type": "tool-approval-request",
            "toolCallId": call,
            "approvalId": f"a-{call}",
            "isAutomatic": chance.random() < 0.3,
        },
        {
            "type": "tool-approval-response",
            "approvalId": f"a-{call}",
            "approved": chance.random() < 0.5,
            "reason": "why",
        },
        {"type": "tool-output-available"},
        {"type": "data-weather", "id": chance.choice("de"), "data": {"n": chance.randrange(9)}},
        {"type": "data-weather", "data": "alone", **chance.choice([{}, {"transient": True}])},
        {"type": "source-url", "sourceId": "s", "url": "https://example.org", **chance.choice([{}, {"title": "E"}])},
        {"type": "source-document", "sourceId": "s", "mediaType": "text/plain", "title": "D", "filename": "d.txt"},
        {"type": "file", "mediaType": "image/png", "url": "data:,x"},
        {"type": "file", "mediaType": "image/png"},
        {"type": "finish"},
        {"type": "nobody-knows"},
    ]
    return chance.choice(given)


def _shown(part: UIPart) -> dict[str, Any] | None:
    name = {"__typename": type(part).__name__}
    match part:
        case TextPart() | ReasoningPart():
            return name | {"text": part.text, "state": part.state.name}
        case ToolPart():
            return name | _tool(part)
        case FilePart():
            return name | {"mediaType": part.media_type, "url": part.url, "filename": part.filename}
        case SourceUrlPart():
            return name | {"sourceId": part.source_id, "url": part.url, "title": part.title}
        case SourceDocumentPart():
            known = {"sourceId": part.source_id, "mediaType": part.media_type, "filename": part.filename}
            return name | known | {"documentTitle": part.title}
        case DataPart():
            return name | {"name": part.name, "partId": part.part_id, "data": part.data}
        case StepStartPart():
            return name
        case CustomPart():
            return None


def _tool(part: ToolPart) -> dict[str, Any]:
    return {
        "toolCallId": part.tool_call_id,
        "toolName": part.tool_name,
        "toolState": part.state.name,
        "title": part.title,
        "dynamic": part.dynamic,
        "input": part.input,
        "rawInput": part.raw_input,
        "output": part.output,
        "preliminary": part.preliminary,
        "errorText": part.error_text,
        "approval": None if part.approval is None else _approval(part.approval),
        "providerExecuted": part.provider_executed,
    }


def _approval(approval: ToolApproval) -> dict[str, Any]:
    return {
        "id": approval.id,
        "approved": approval.approved,
        "reason": approval.reason,
        "isAutomatic": approval.is_automatic,
        "decidedBy": approval.decided_by,
        "decidedAt": None,
    }

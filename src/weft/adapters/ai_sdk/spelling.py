"""Parts of a screen as the chunks that make them: what the AI SDK reads from these is the part again."""

from collections.abc import Iterable
from typing import Any, assert_never

from weft.threads.streams import Chunk
from weft.threads.tool_parts import ToolApproval, ToolPart, ToolState
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


def spelled(parts: Iterable[UIPart]) -> list[Chunk]:
    """The chunks of parts that are complete; step starts are left out."""
    return [chunk for index, part in enumerate(parts) for chunk in _chunks(part, f"again-{index}")]


def _chunks(part: UIPart, id_: str) -> list[Chunk]:
    match part:
        case TextPart() | ReasoningPart():
            return _text(part, id_)
        case ToolPart():
            return spelled_tool(part)
        case StepStartPart():
            return []
        case FilePart():
            kind = "reasoning-file" if part.reasoning else "file"
            value: Chunk = {"type": kind, "mediaType": part.media_type, "url": part.url}
        case SourceUrlPart():
            value = {"type": "source-url", "sourceId": part.source_id, "url": part.url, "title": part.title}
        case SourceDocumentPart():
            value = {"type": "source-document", "sourceId": part.source_id, "mediaType": part.media_type}
            value |= {"title": part.title, "filename": part.filename}
        case DataPart():
            return [_set({"type": f"data-{part.name}", "id": part.part_id, "data": part.data})]
        case CustomPart():
            value = {"type": "custom", "kind": part.kind}
        case _:
            assert_never(part)
    return [_set({**value, "providerMetadata": part.provider_metadata})]


def _text(part: TextPart | ReasoningPart, id_: str) -> list[Chunk]:
    kind = "text" if isinstance(part, TextPart) else "reasoning"
    start = _set({"type": f"{kind}-start", "id": id_, "providerMetadata": part.provider_metadata})
    delta = {"type": f"{kind}-delta", "id": id_, "delta": part.text}
    return [start, *([delta] if part.text else []), {"type": f"{kind}-end", "id": id_}]


def spelled_tool(part: ToolPart, known: ToolPart | None = None) -> list[Chunk]:
    """What has to be said of a call to somebody who knows it as `known`; nothing that would take it back."""
    if known is not None and known.state.final and not known.preliminary and not part.state.final:
        return []
    chunks: list[Chunk] = []
    if known is None or (known.state is ToolState.INPUT_STREAMING and part.state is not ToolState.INPUT_STREAMING):
        chunks += _input(part)
    if part.approval is not None:
        chunks += _approval(part.approval, part.tool_call_id, None if known is None else known.approval)
    if part.state.final and (chunks or known is None or _outcome(known) != _outcome(part)):
        chunks.append(_output(part))
    return [_set(chunk) for chunk in chunks]


def _outcome(part: ToolPart) -> tuple[ToolState, bool]:
    return part.state, part.preliminary


def _input(part: ToolPart) -> list[Chunk]:
    named: Chunk = {
        "toolCallId": part.tool_call_id,
        "toolName": part.tool_name,
        "dynamic": part.dynamic or None,
        "title": part.title,
        "providerExecuted": part.provider_executed or None,
        "toolMetadata": part.metadata,
        "providerMetadata": part.call_provider_metadata,
    }
    if part.state is ToolState.INPUT_STREAMING:
        start: Chunk = {"type": "tool-input-start", **named}
        delta = {"type": "tool-input-delta", "toolCallId": part.tool_call_id, "inputTextDelta": part.raw_input}
        return [start, delta] if part.raw_input else [start]
    if part.state is ToolState.OUTPUT_ERROR and part.raw_input is not None:
        error = {"errorText": part.error_text or "", "input": part.raw_input}
        return [{"type": "tool-input-error", **named, **error, "providerMetadata": part.result_provider_metadata}]
    return [{"type": "tool-input-available", **named, "input": part.input}]


def _approval(approval: ToolApproval, call_id: str, known: ToolApproval | None) -> list[Chunk]:
    chunks: list[Chunk] = []
    if known is None or known.id != approval.id:
        asked: Chunk = {"approvalId": approval.id, "toolCallId": call_id, "signature": approval.signature}
        automatic = approval.is_automatic or None
        chunks.append({"type": "tool-approval-request", **asked, "isAutomatic": automatic})
    if approval.approved is not None and (chunks or known is None or known.approved is None):
        decided: Chunk = {"approvalId": approval.id, "approved": approval.approved, "reason": approval.reason}
        chunks.append({"type": "tool-approval-response", **decided})
    return chunks


def _output(part: ToolPart) -> Chunk:
    ended: Chunk = {"toolCallId": part.tool_call_id}
    if part.state is ToolState.OUTPUT_DENIED:
        return {"type": "tool-output-denied", **ended}
    ended |= {"providerExecuted": part.provider_executed or None, "providerMetadata": part.result_provider_metadata}
    if part.state is ToolState.OUTPUT_ERROR:
        return {"type": "tool-output-error", **ended, "errorText": part.error_text or ""}
    return {"type": "tool-output-available", **ended, "output": part.output, "preliminary": part.preliminary or None}


_MAY_BE_NULL = ("input", "output", "data")


def _set(chunk: dict[str, Any]) -> Chunk:
    """Without the fields that say nothing."""
    return {name: given for name, given in chunk.items() if given is not None or name in _MAY_BE_NULL}

"""Parts of a screen as content to store, the reverse of `weft.threads.projection`; and what a user may send."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, assert_never

from weft.threads.forms import parse_content
from weft.threads.messages import MessageRole, Part
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


def user_content(value: Any, path: tuple[str, ...]) -> list[Part]:
    """The content of a user message, checked.

    Raises:
        InputError: an unknown part, or a missing or surplus field; the path leads to it.
    """
    return parse_content(MessageRole.USER, value, path)


def content_of(parts: Iterable[UIPart]) -> list[Part]:
    """The parts as content of one row; a call, its approval and its result one after the other."""
    return [stored for part in parts for stored in (*_said(part), *_answered(part))]


def said(parts: Iterable[UIPart]) -> list[Part]:
    """What the message's writer said, as content of its row: without results of tools that others run."""
    return [stored for part in parts for stored in _said(part)]


def step_contents(parts: Iterable[UIPart]) -> list[tuple[MessageRole, list[Part]]]:
    """The parts of an answer as contents of rows: a step's own, then what its tools and their approvals gave."""
    rows: list[tuple[MessageRole, list[Part]]] = []
    for step in _steps(parts):
        said = [stored for part in step for stored in _said(part)]
        answered = [stored for part in step for stored in _answered(part)]
        rows += [(MessageRole.ASSISTANT, said)] if said else []
        rows += [(MessageRole.TOOL, answered)] if answered else []
    return rows


def _steps(parts: Iterable[UIPart]) -> Iterable[Sequence[UIPart]]:
    step: list[UIPart] = []
    for part in parts:
        if isinstance(part, StepStartPart):
            yield step
            step = []
        else:
            step.append(part)
    yield step


def _said(part: UIPart) -> Iterable[Part]:
    """What the message's writer said with this part. A call that was not written to its end is not a call."""
    if isinstance(part, ToolPart):
        if part.state is ToolState.INPUT_STREAMING:
            return
        yield _call(part)
        if part.approval is not None and part.approval.id:
            yield _request(part, part.approval)
        if part.provider_executed and (result := _result(part)) is not None:
            yield result
    elif not isinstance(part, StepStartPart):
        yield _set(_plain(part))


def _answered(part: UIPart) -> Iterable[Part]:
    """What was said to the writer: decisions and results."""
    if not isinstance(part, ToolPart) or part.state is ToolState.INPUT_STREAMING:
        return
    if part.approval is not None and part.approval.id and part.approval.approved is not None:
        yield _response(part.approval)
    if not part.provider_executed and (result := _result(part)) is not None:
        yield result


def _call(part: ToolPart) -> Part:
    call = _set(
        {
            "type": "tool-call",
            "toolCallId": part.tool_call_id,
            "toolName": part.tool_name,
            "title": part.title,
            "dynamic": part.dynamic or None,
            "providerExecuted": part.provider_executed or None,
            "toolMetadata": part.metadata,
            "providerMetadata": part.call_provider_metadata,
        }
    )
    return {**call, "input": part.raw_input if part.input is None else part.input}


def _request(part: ToolPart, approval: ToolApproval) -> Part:
    request = {"type": "tool-approval-request", "approvalId": approval.id, "toolCallId": part.tool_call_id}
    return _set({**request, "isAutomatic": approval.is_automatic or None, "signature": approval.signature})


def _response(approval: ToolApproval) -> Part:
    response: Part = {"type": "tool-approval-response", "approvalId": approval.id, "approved": approval.approved}
    by = None if approval.decided_by is None else {"weft": {"decidedBy": approval.decided_by}}
    return _set({**response, "reason": approval.reason, "providerMetadata": by})


def _result(part: ToolPart) -> Part | None:
    """None while there is none: before the call ended, and for a preliminary one."""
    if not part.state.final or part.preliminary:
        return None
    result: Part = {"type": "tool-result", "toolCallId": part.tool_call_id, "toolName": part.tool_name}
    extras = {"providerExecuted": part.provider_executed or None, "providerMetadata": part.result_provider_metadata}
    return _set({**result, "output": _output(part), "dynamic": part.dynamic or None, **extras})


def _output(part: ToolPart) -> Part:
    if part.state is ToolState.OUTPUT_DENIED:
        return _set({"type": "execution-denied", "reason": part.approval and part.approval.reason})
    if part.state is ToolState.OUTPUT_ERROR:
        return {"type": "error-text", "value": part.error_text or ""}
    return {"type": "text" if isinstance(part.output, str) else "json", "value": part.output}


_Plain = TextPart | ReasoningPart | FilePart | SourceUrlPart | SourceDocumentPart | DataPart | CustomPart


def _plain(part: _Plain) -> Part:
    match part:
        case TextPart() | ReasoningPart():
            value: Part = {"type": "text" if isinstance(part, TextPart) else "reasoning", "text": part.text}
        case FilePart():
            value = _file(part)
        case SourceUrlPart():
            value = {**_URL, "id": part.source_id, "url": part.url, "title": part.title}
        case SourceDocumentPart():
            value = {**_DOCUMENT, "id": part.source_id, "title": part.title, "mediaType": part.media_type}
            value["filename"] = part.filename
        case DataPart():
            return {"type": "data", "name": part.name, "id": part.part_id, "data": part.data}
        case CustomPart():
            value = {"type": "custom", "kind": part.kind}
        case _:
            assert_never(part)
    return {**value, "providerMetadata": part.provider_metadata}


_URL: Final[Part] = {"type": "source", "sourceType": "url"}
_DOCUMENT: Final[Part] = {"type": "source", "sourceType": "document"}


def _file(part: FilePart) -> Part:
    if part.reasoning:
        return {"type": "reasoning-file", "url": part.url, "mediaType": part.media_type}
    held = part.provider_reference
    data = part.url if held is None else {"type": "reference", "reference": held}
    return {"type": "file", "data": data, "mediaType": part.media_type, "filename": part.filename}


def _set(value: Part) -> Part:
    """Without the fields that say nothing."""
    return {name: given for name, given in value.items() if given is not None}

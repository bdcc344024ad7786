"""UI parts as the AI SDK's `UIMessage` has them. Whatever is stored, what comes out passes its `validateUIMessages`."""

from collections.abc import Callable
from typing import Any, Final

from weft.threads.json_values import is_object
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

Value = dict[str, Any]


def ai_sdk_part(part: UIPart) -> Value:
    """The part as one of the AI SDK's `UIMessagePart`s."""
    return _FORMS[type(part)](part)


def _text(part: TextPart | ReasoningPart) -> Value:
    kind = "text" if isinstance(part, TextPart) else "reasoning"
    value = {"type": kind, "text": part.text, "state": part.state.value}
    return _with(value, providerMetadata=_facts(part.provider_metadata))


def _file(part: FilePart) -> Value:
    value = {"type": "file", "mediaType": part.media_type, "url": part.url}
    facts = _facts(part.provider_metadata)
    if part.reasoning:
        return _with({**value, "type": "reasoning-file"}, providerMetadata=facts)
    return _with(value, filename=part.filename, providerReference=part.provider_reference, providerMetadata=facts)


def _source_url(part: SourceUrlPart) -> Value:
    value = {"type": "source-url", "sourceId": part.source_id, "url": part.url}
    return _with(value, title=part.title, providerMetadata=_facts(part.provider_metadata))


def _source_document(part: SourceDocumentPart) -> Value:
    value = {"type": "source-document", "sourceId": part.source_id, "mediaType": part.media_type, "title": part.title}
    return _with(value, filename=part.filename, providerMetadata=_facts(part.provider_metadata))


def _step_start(_: StepStartPart) -> Value:
    return {"type": "step-start"}


def _data(part: DataPart) -> Value:
    value = _with({"type": f"data-{part.name}"}, id=part.part_id)
    return {**value, "data": part.data}


def _custom(part: CustomPart) -> Value:
    return _with({"type": "custom", "kind": part.kind}, providerMetadata=_facts(part.provider_metadata))


def _tool(part: ToolPart) -> Value:
    named = {"type": "dynamic-tool", "toolName": part.tool_name} if part.dynamic else {"type": f"tool-{part.tool_name}"}
    value = _with(
        {**named, "toolCallId": part.tool_call_id, "state": part.state.value},
        title=part.title,
        providerExecuted=part.provider_executed or None,
        toolMetadata=part.metadata if is_object(part.metadata) else None,
        callProviderMetadata=_facts(part.call_provider_metadata),
    )
    return value | _TOOL_STATES[part.state](part)


def _input_streaming(part: ToolPart) -> Value:
    return _with({}, input=part.input, rawInput=part.raw_input)


def _input_available(part: ToolPart) -> Value:
    return {"input": part.input}


def _waiting(part: ToolPart) -> Value:
    approval = part.approval or ToolApproval("")
    return {"input": part.input, "approval": _approval(approval)}


def _responded(part: ToolPart) -> Value:
    approval = part.approval or ToolApproval("")
    return {"input": part.input, "approval": _decided(approval, approved=approval.approved is True)}


def _output_available(part: ToolPart) -> Value:
    return _ended(part) | {"input": part.input, "output": part.output} | _with({}, preliminary=part.preliminary or None)


def _output_error(part: ToolPart) -> Value:
    read = {"input": part.input} if part.raw_input is None else {"rawInput": part.raw_input}
    return _ended(part) | read | {"errorText": part.error_text or ""}


def _output_denied(part: ToolPart) -> Value:
    return {"input": part.input, "approval": _decided(part.approval or ToolApproval(""), approved=False)}


def _ended(part: ToolPart) -> Value:
    granted = part.approval is not None and part.approval.approved is True
    return _with(
        {},
        resultProviderMetadata=_facts(part.result_provider_metadata),
        approval=_decided(part.approval, approved=True) if granted and part.approval else None,
    )


def _approval(approval: ToolApproval) -> Value:
    return _with({"id": approval.id}, isAutomatic=approval.is_automatic or None, signature=approval.signature)


def _decided(approval: ToolApproval, *, approved: bool) -> Value:
    return _with(_approval(approval) | {"approved": approved}, reason=approval.reason)


def _facts(value: Any) -> Value | None:
    """What is an object of objects; the AI SDK takes provider metadata in no other form."""
    if not is_object(value):
        return None
    return {name: facts for name, facts in value.items() if is_object(facts)} or None


def _with(value: Value, **optional: Any) -> Value:
    return value | {name: given for name, given in optional.items() if given is not None}


_TOOL_STATES: Final[dict[ToolState, Callable[[ToolPart], Value]]] = {
    ToolState.INPUT_STREAMING: _input_streaming,
    ToolState.INPUT_AVAILABLE: _input_available,
    ToolState.APPROVAL_REQUESTED: _waiting,
    ToolState.APPROVAL_RESPONDED: _responded,
    ToolState.OUTPUT_AVAILABLE: _output_available,
    ToolState.OUTPUT_ERROR: _output_error,
    ToolState.OUTPUT_DENIED: _output_denied,
}

_FORMS: Final[dict[type[UIPart], Callable[[Any], Value]]] = {
    TextPart: _text,
    ReasoningPart: _text,
    ToolPart: _tool,
    FilePart: _file,
    SourceUrlPart: _source_url,
    SourceDocumentPart: _source_document,
    StepStartPart: _step_start,
    DataPart: _data,
    CustomPart: _custom,
}

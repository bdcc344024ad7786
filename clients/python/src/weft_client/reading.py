"""From what the generated client reads to the messages of this package."""

from weft_client.api import fragments as read
from weft_client.messages import (
    DataPart,
    FilePart,
    Message,
    Part,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    StepStartPart,
    TextPart,
    ToolPart,
)


def message_of(given: read.UiMessage) -> Message:
    return Message(
        id=given.id,
        key=given.key,
        thread_id=given.thread_id,
        order=given.order,
        step_order=given.step_order,
        role=given.role,
        status=given.status,
        text=given.text,
        parts=tuple(_part(part) for part in given.parts),
        agent_name=given.agent_name,
        user_id=given.user_id,
        client_id=given.client_id,
        error=given.error,
        usage=given.usage,
        metadata=given.metadata,
        created_at=given.created_at,
    )


_ReadPart = (
    read.UiMessagePartsTextPart
    | read.UiMessagePartsReasoningPart
    | read.UiMessagePartsToolPart
    | read.UiMessagePartsFilePart
    | read.UiMessagePartsSourceUrlPart
    | read.UiMessagePartsSourceDocumentPart
    | read.UiMessagePartsStepStartPart
    | read.UiMessagePartsDataPart
)


def _part(part: _ReadPart) -> Part:
    match part:
        case read.UiMessagePartsTextPart():
            return TextPart(part.text, part.state, part.provider_metadata)
        case read.UiMessagePartsReasoningPart():
            return ReasoningPart(part.text, part.state, part.provider_metadata)
        case read.UiMessagePartsToolPart():
            return tool_part_of(part)
        case read.UiMessagePartsFilePart():
            return FilePart(part.media_type, part.url, part.filename)
        case read.UiMessagePartsSourceUrlPart():
            return SourceUrlPart(part.source_id, part.url, part.title)
        case read.UiMessagePartsSourceDocumentPart():
            return SourceDocumentPart(part.source_id, part.media_type, part.document_title, part.filename)
        case read.UiMessagePartsStepStartPart():
            return StepStartPart(part.step_order)
        case read.UiMessagePartsDataPart():
            return DataPart(part.name, part.part_id, part.data)


def tool_part_of(part: read.ToolCall) -> ToolPart:
    return ToolPart(
        tool_call_id=part.tool_call_id,
        tool_name=part.tool_name,
        state=part.tool_state,
        title=part.title,
        dynamic=part.dynamic,
        input=part.input,
        raw_input=part.raw_input,
        output=part.output,
        preliminary=part.preliminary,
        error_text=part.error_text,
        approval=part.approval,
        provider_executed=part.provider_executed,
    )

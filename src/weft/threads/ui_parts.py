"""The parts of a message as a screen shows them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class PartState(StrEnum):
    STREAMING = "streaming"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str
    state: PartState = PartState.DONE
    provider_metadata: Any = None


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    text: str
    state: PartState = PartState.DONE
    provider_metadata: Any = None


@dataclass(frozen=True, slots=True)
class FilePart:
    media_type: str
    url: str
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class SourceUrlPart:
    source_id: str
    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class SourceDocumentPart:
    source_id: str
    media_type: str
    title: str
    filename: str | None = None


UIPart = TextPart | ReasoningPart | FilePart | SourceUrlPart | SourceDocumentPart


def ai_sdk_part(part: UIPart) -> dict[str, Any]:
    """The part as the AI SDK's `UIMessage` has it."""
    match part:
        case TextPart() | ReasoningPart():
            kind = "text" if isinstance(part, TextPart) else "reasoning"
            value = {"type": kind, "text": part.text, "state": part.state.value}
            return _with(value, providerMetadata=part.provider_metadata)
        case FilePart():
            return _with({"type": "file", "mediaType": part.media_type, "url": part.url}, filename=part.filename)
        case SourceUrlPart():
            return _with({"type": "source-url", "sourceId": part.source_id, "url": part.url}, title=part.title)
        case SourceDocumentPart():
            value = {"type": "source-document", "sourceId": part.source_id, "mediaType": part.media_type}
            return _with({**value, "title": part.title}, filename=part.filename)


def _with(value: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return value | {name: given for name, given in optional.items() if given is not None}

"""How a message that is being sent is shown before the server has it."""

from collections.abc import Mapping, Sequence
from typing import Any

from weft_client.messages import FilePart, Part, TextPart


def shown_parts(text: str | None, content: Sequence[Mapping[str, Any]] | None) -> tuple[Part, ...]:
    """The parts of a text, or of content in the form that `SendMessageInput.content` takes."""
    if content is None:
        return (TextPart(text or ""),)
    return tuple(shown for part in content if (shown := _shown(part)) is not None)


def _shown(part: Mapping[str, Any]) -> Part | None:
    match part:
        case {"type": "text", "text": str(text)}:
            return TextPart(text)
        case {"type": "image", "image": str(url)}:
            return FilePart(str(part.get("mediaType") or "image/*"), url)
        case {"type": "file", "data": str(url)}:
            return FilePart(str(part.get("mediaType") or "application/octet-stream"), url, part.get("filename"))
        case _:
            return None

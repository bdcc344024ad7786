"""Stored parts that are no tool's, each as a screen shows it by itself. Whatever is stored, nothing here raises."""

from collections.abc import Callable
from typing import Any, Final

from weft.threads.json_values import is_object, string
from weft.threads.messages import Part
from weft.threads.old_forms import modern
from weft.threads.ui_parts import (
    CustomPart,
    DataPart,
    FilePart,
    PartState,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    TextPart,
    UIPart,
)

ANY_FILE: Final = "application/octet-stream"
_ADDRESSES: Final = ("http://", "https://", "data:")


def plain_part(part: Part, state: PartState, facts: Any = None) -> UIPart | None:
    """None for what has no picture of its own. `facts` is the row's provider metadata, for text without any."""
    shown = PLAIN.get(part["type"])
    return None if shown is None else shown(part, state, facts)


def _text(part: Part, state: PartState, facts: Any) -> UIPart | None:
    text = part.get("text")
    return TextPart(text, state, part.get("providerMetadata") or facts) if isinstance(text, str) else None


def _reasoning(part: Part, state: PartState, facts: Any) -> UIPart | None:
    text = part.get("text")
    if not isinstance(text, str) or not text:
        return None
    return ReasoningPart(text, state, part.get("providerMetadata") or facts)


def _image(part: Part, _: PartState, facts: Any) -> UIPart | None:
    return _file_part(modern(part), "image", "image/*")


def _file(part: Part, _: PartState, facts: Any) -> UIPart | None:
    return _file_part(modern(part), "data", ANY_FILE)


def _reasoning_file(part: Part, _: PartState, facts: Any) -> UIPart | None:
    given = modern(part)
    return _file_part(given, "url" if given.get("data") is None else "data", ANY_FILE, reasoning=True)


def _file_part(part: Part, field: str, default: str, *, reasoning: bool = False) -> UIPart | None:
    source, media_type = part.get(field), string(part, "mediaType") or default
    filename, metadata = string(part, "filename"), part.get("providerMetadata")
    if isinstance(source, str):
        return FilePart(media_type, _as_url(source, media_type), filename, reasoning, metadata)
    reference = source.get("reference") if is_object(source) else None
    if not is_object(reference) or not all(isinstance(id_, str) for id_ in reference.values()):
        return None
    return FilePart(media_type, "", filename, reasoning, metadata, reference)


def _as_url(data: str, media_type: str) -> str:
    if data.startswith(_ADDRESSES):
        return data
    exact = ANY_FILE if media_type == "image/*" else media_type
    return f"data:{exact};base64,{data}"


def _source(part: Part, _: PartState, facts: Any) -> UIPart | None:
    id_, title, url = string(part, "id") or "", string(part, "title"), part.get("url")
    if isinstance(url, str) and part.get("sourceType") != "document":
        return SourceUrlPart(id_, url, title, part.get("providerMetadata"))
    if part.get("sourceType") != "document":
        return None
    media_type = string(part, "mediaType") or ANY_FILE
    return SourceDocumentPart(id_, media_type, title or "", string(part, "filename"), part.get("providerMetadata"))


def _data(part: Part, _: PartState, facts: Any) -> UIPart | None:
    name, data = string(part, "name"), part.get("data")
    return None if name is None or data is None else DataPart(name, string(part, "id"), data)


def _custom(part: Part, _: PartState, facts: Any) -> UIPart | None:
    kind = string(part, "kind")
    return None if kind is None else CustomPart(kind, part.get("providerMetadata"))


PLAIN: Final[dict[str, Callable[[Part, PartState, Any], UIPart | None]]] = {
    "text": _text,
    "reasoning": _reasoning,
    "image": _image,
    "file": _file,
    "reasoning-file": _reasoning_file,
    "source": _source,
    "data": _data,
    "custom": _custom,
}

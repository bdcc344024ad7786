"""Reduces a stream's chunks to the message they spell, each chunk once, in linear time (behaviour.md row 129)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from weft.threads.streams import Chunk
from weft.threads.ui_parts import (
    FilePart,
    PartState,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    TextPart,
    UIPart,
)


@dataclass(slots=True)
class _Open:
    """A text or reasoning part that still grows."""

    kind: type[TextPart] | type[ReasoningPart]
    provider_metadata: Any
    pieces: list[str] = field(default_factory=list[str])

    def part(self) -> UIPart:
        return self.kind("".join(self.pieces), PartState.STREAMING, self.provider_metadata)


class ChunkReducer:
    """Feed it chunks with `apply`; `parts` is the message so far. Unknown chunk types change nothing."""

    def __init__(self, chunks: Iterable[Chunk] = ()) -> None:
        self._parts: list[UIPart | _Open] = []
        self._open: dict[tuple[str, str], int] = {}
        for chunk in chunks:
            self.apply(chunk)

    def apply(self, chunk: Chunk) -> None:
        kind, _, phase = str(chunk["type"]).rpartition("-")
        if kind in ("text", "reasoning"):
            self._apply_text(kind, phase, chunk)
        elif (part := _whole_part(chunk)) is not None:
            self._parts.append(part)

    def _apply_text(self, kind: str, phase: str, chunk: Chunk) -> None:
        slot = (kind, chunk["id"])
        if phase == "start":
            self._open[slot] = len(self._parts)
            part_type = TextPart if kind == "text" else ReasoningPart
            self._parts.append(_Open(part_type, chunk.get("providerMetadata")))
            return
        index = self._open.get(slot)
        part = None if index is None else self._parts[index]
        if index is None or not isinstance(part, _Open):
            return
        part.provider_metadata = chunk.get("providerMetadata", part.provider_metadata)
        if phase == "delta":
            part.pieces.append(chunk["delta"])
        elif phase == "end":
            self._parts[index] = _closed(part.part())
            del self._open[slot]

    def parts(self) -> list[UIPart]:
        """The parts so far; those that still grow are in state streaming."""
        return [part.part() if isinstance(part, _Open) else part for part in self._parts]

    def closed_parts(self) -> list[UIPart]:
        """The parts so far as if the stream had ended here; those that say nothing are left out."""
        return [_closed(part) for part in self.parts() if not _says_nothing(part)]


def _says_nothing(part: UIPart) -> bool:
    """A part without text may still carry what a provider wants back: hidden reasoning, a signature."""
    return isinstance(part, TextPart | ReasoningPart) and not part.text and part.provider_metadata is None


def _closed(part: UIPart) -> UIPart:
    return replace(part, state=PartState.DONE) if isinstance(part, TextPart | ReasoningPart) else part


def _whole_part(chunk: Chunk) -> UIPart | None:
    match chunk["type"]:
        case "file":
            return FilePart(chunk["mediaType"], chunk["url"], chunk.get("filename"))
        case "source-url":
            return SourceUrlPart(chunk["sourceId"], chunk["url"], chunk.get("title"))
        case "source-document":
            return SourceDocumentPart(chunk["sourceId"], chunk["mediaType"], chunk["title"], chunk.get("filename"))
        case _:
            return None

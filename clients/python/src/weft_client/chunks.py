"""Folds the chunks of a stream into the message they spell, each chunk once, in linear time (behaviour.md row 129).

Chunks that are not legal, or speak of what is not here, change nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from weft_client.api.enums import PartState
from weft_client.json_values import is_object
from weft_client.messages import (
    DataPart,
    FilePart,
    Part,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    StepStartPart,
    TextPart,
    ToolPart,
)
from weft_client.tool_chunks import Chunk, ToolChunks

_Written = type[TextPart] | type[ReasoningPart]


@dataclass(slots=True)
class _Open:
    """A text or reasoning part that still grows. `index` is its place among the parts."""

    kind: _Written
    index: int
    provider_metadata: Any
    pieces: list[str] = field(default_factory=list[str])

    def part(self, state: PartState) -> Part:
        self.pieces = ["".join(self.pieces)]
        return self.kind(self.pieces[0], state, self.provider_metadata)


class ChunkReducer:
    """Feed it chunks with `apply`; `parts` is the message so far.

    `before` is what the message holds already; the parts from `begin` on are this stream's own. Parts of these that
    still grow were read, not streamed, so nobody knows their ids: they take what the first chunk of their kind says.
    """

    def __init__(self, before: Iterable[Part] = (), begin: int | None = None) -> None:
        self._parts: list[Part] = list(before)
        self._begin = len(self._parts) if begin is None else begin
        self._open: dict[tuple[_Written, str | None], _Open] = {}
        self._data: dict[tuple[str, str], int] = {}
        starts = [at for at, part in enumerate(self._parts) if isinstance(part, StepStartPart) and at >= self._begin]
        self._tools = ToolChunks(self._parts, starts[-1] + 1 if starts else self._begin)
        for index in range(self._begin, len(self._parts)):
            self._resume(index, self._parts[index])

    def _resume(self, index: int, part: Part) -> None:
        if isinstance(part, TextPart | ReasoningPart) and part.state is PartState.STREAMING:
            self._open[type(part), None] = _Open(type(part), index, part.provider_metadata, [part.text])
        elif isinstance(part, DataPart) and part.part_id is not None:
            self._data[part.name, part.part_id] = index

    def apply(self, chunk: Any) -> None:
        if not is_object(chunk) or not isinstance(kind := chunk.get("type"), str):
            return
        if (written := _WRITTEN.get(kind)) is not None:
            self._apply_text(*written, chunk)
        elif kind.startswith("tool-"):
            self._tools.apply(chunk)
        elif kind.startswith("data-"):
            self._apply_data(kind.removeprefix("data-"), chunk)
        elif kind == "start-step":
            self._parts.append(StepStartPart(None))
            self._tools.step_start = len(self._parts)
        elif kind == "reset-step":
            self._reset_step()
        elif kind in _WHOLE and (part := _whole_part(kind, chunk)) is not None:
            self._parts.append(part)

    def parts(self) -> tuple[Part, ...]:
        """The parts so far; those that still grow are streaming. Steps are told apart where tools are called."""
        parts = list(self._parts)
        for growing in self._open.values():
            parts[growing.index] = growing.part(PartState.STREAMING)
        for index, part in self._tools.growing():
            parts[index] = part
        if not any(isinstance(part, ToolPart) for part in parts):
            return tuple(part for part in parts if not isinstance(part, StepStartPart))
        return tuple(parts)

    def _apply_text(self, kind: _Written, phase: str, chunk: Chunk) -> None:
        id_, facts = chunk.get("id"), chunk.get("providerMetadata")
        if not isinstance(id_, str):
            return
        if phase == "start":
            self._close((kind, id_), PartState.STREAMING)
            self._open[kind, id_] = _Open(kind, len(self._parts), facts)
            self._parts.append(kind("", PartState.STREAMING, facts))
            return
        slot = (kind, id_) if (kind, id_) in self._open else (kind, None)
        growing = self._open.get(slot)
        if growing is None:
            return
        growing.provider_metadata = growing.provider_metadata if facts is None else facts
        if phase == "end":
            self._close(slot, PartState.DONE)
        elif isinstance(chunk.get("delta"), str):
            growing.pieces.append(chunk["delta"])

    def _close(self, slot: tuple[_Written, str | None], state: PartState) -> None:
        """A part whose id starts again grows no more; it never ended, so it stays in state streaming."""
        growing = self._open.pop(slot, None)
        if growing is not None:
            self._parts[growing.index] = growing.part(state)

    def _apply_data(self, name: str, chunk: Chunk) -> None:
        if chunk.get("transient") is True or chunk.get("data") is None:
            return
        part = DataPart(name, _string(chunk, "id"), chunk["data"])
        index = None if part.part_id is None else self._data.get((name, part.part_id))
        if index is not None:
            self._parts[index] = part
            return
        if part.part_id is not None:
            self._data[name, part.part_id] = len(self._parts)
        self._parts.append(part)

    def _reset_step(self) -> None:
        """The step is written anew: what it has written so far is taken back, and nothing before it."""
        for slot in list(self._open):
            self._close(slot, PartState.STREAMING)
        start = self._tools.step_start
        del self._parts[start:]
        self._data = {slot: index for slot, index in self._data.items() if index < start}
        self._tools = ToolChunks(self._parts, start)


_WRITTEN: Final[dict[str, tuple[_Written, str]]] = {
    f"{name}-{phase}": (kind, phase)
    for name, kind in (("text", TextPart), ("reasoning", ReasoningPart))
    for phase in ("start", "delta", "end")
}


def _whole_part(kind: str, chunk: Chunk) -> Part | None:
    needed, make = _WHOLE[kind]
    return make(chunk) if all(isinstance(chunk.get(name), str) for name in needed) else None


def _string(chunk: Chunk, name: str) -> str | None:
    value = chunk.get(name)
    return value if isinstance(value, str) else None


def _file(chunk: Chunk) -> Part:
    return FilePart(chunk["mediaType"], chunk["url"], _string(chunk, "filename"))


def _source_url(chunk: Chunk) -> Part:
    return SourceUrlPart(chunk["sourceId"], chunk["url"], _string(chunk, "title"))


def _source_document(chunk: Chunk) -> Part:
    return SourceDocumentPart(chunk["sourceId"], chunk["mediaType"], chunk["title"], _string(chunk, "filename"))


def _custom(chunk: Chunk) -> Part:
    """What only its provider understands: its kind is its name, what was said the data."""
    return DataPart(chunk["kind"], None, chunk.get("providerMetadata") or {})


_WHOLE: Final[dict[str, tuple[tuple[str, ...], Callable[[Chunk], Part]]]] = {
    "file": (("mediaType", "url"), _file),
    "reasoning-file": (("mediaType", "url"), _file),
    "source-url": (("sourceId", "url"), _source_url),
    "source-document": (("sourceId", "mediaType", "title"), _source_document),
    "custom": (("kind",), _custom),
}

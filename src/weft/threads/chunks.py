"""Reduces a stream's chunks to the message they spell, each chunk once, in linear time (behaviour.md rows 129, 130).

Chunks that are not legal change nothing; what they speak of may be in another stream of the same answer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from weft.threads.json_values import is_object, string
from weft.threads.streams import Chunk
from weft.threads.tool_chunks import ToolChunks
from weft.threads.tool_parts import ToolPart
from weft.threads.ui_parts import (
    CustomPart,
    DataPart,
    FilePart,
    PartState,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    StepStartPart,
    TextPart,
    UIPart,
)


@dataclass(slots=True)
class _Open:
    """A text or reasoning part that still grows. `index` is its place among the parts."""

    kind: type[TextPart] | type[ReasoningPart]
    index: int
    provider_metadata: Any
    pieces: list[str] = field(default_factory=list[str])

    def part(self, state: PartState) -> UIPart:
        return self.kind("".join(self.pieces), state, self.provider_metadata)


class ChunkReducer:
    """Feed it chunks with `apply`; `parts` is the message so far, `metadata` what its writer said about the whole.

    `before` are the parts that the chunks continue; `step_order` is the row of the first step that they write.
    """

    def __init__(self, chunks: Iterable[Chunk] = (), *, before: Sequence[UIPart] = (), step_order: int = 0) -> None:
        self.metadata: Any = None
        self._parts: list[UIPart] = list(before)
        self._begin = len(self._parts)
        self._open: dict[tuple[str, str], _Open] = {}
        self._data: dict[tuple[str, str], int] = {}
        self._tools = ToolChunks(self._parts)
        self._next_step = step_order
        self._step_start = len(self._parts)
        self._begins_with_results = False
        for chunk in chunks:
            self.apply(chunk)

    def apply(self, chunk: Chunk) -> None:
        kind = chunk.get("type")
        if not isinstance(kind, str):
            return
        if (grow := _GROWING.get(kind)) is not None:
            self._apply_text(*grow, chunk)
        elif kind.startswith("tool-"):
            self._begins_with_results |= kind.startswith("tool-output") and len(self._parts) == self._begin
            self._tools.apply(chunk)
        elif kind.startswith("data-"):
            self._apply_data(kind.removeprefix("data-"), chunk)
        elif kind == "start-step":
            self._start_step()
        elif kind == "reset-step":
            self._reset_step()
        elif kind in ("start", "finish", "message-metadata"):
            self._apply_metadata(chunk.get("messageMetadata"))
        elif kind in _WHOLE and (part := _whole_part(kind, chunk)) is not None:
            self._parts.append(part)

    def _apply_text(self, kind: type[TextPart] | type[ReasoningPart], phase: str, chunk: Chunk) -> None:
        id_, facts = chunk.get("id"), chunk.get("providerMetadata")
        if not isinstance(id_, str):
            return
        slot = (kind.__name__, id_)
        growing = self._open.get(slot)
        if phase == "start":
            self._close(growing)
            self._open[slot] = _Open(kind, len(self._parts), facts)
            self._parts.append(kind("", PartState.STREAMING, facts))
            return
        if growing is None:
            return
        growing.provider_metadata = growing.provider_metadata if facts is None else facts
        if phase == "end":
            self._parts[growing.index] = growing.part(PartState.DONE)
            del self._open[slot]
        elif isinstance(chunk.get("delta"), str):
            growing.pieces.append(chunk["delta"])

    def _close(self, growing: _Open | None) -> None:
        """A part whose id starts again grows no more; it never ended, so it stays in state streaming."""
        if growing is not None:
            self._parts[growing.index] = growing.part(PartState.STREAMING)

    def _apply_data(self, name: str, chunk: Chunk) -> None:
        if chunk.get("transient") is True or chunk.get("data") is None:
            return
        id_ = chunk.get("id")
        part = DataPart(name, id_ if isinstance(id_, str) else None, chunk["data"])
        index = None if part.part_id is None else self._data.get((name, part.part_id))
        if index is not None:
            self._parts[index] = part
            return
        if part.part_id is not None:
            self._data[name, part.part_id] = len(self._parts)
        self._parts.append(part)

    def _start_step(self) -> None:
        self._parts.append(StepStartPart(self._next_step))
        self._step_start = len(self._parts)
        self._next_step += 1
        self._tools.start_step(self._step_start)

    def _reset_step(self) -> None:
        """The step is written anew: what it has written so far is taken back, and nothing before it."""
        for growing in self._open.values():
            self._close(growing)
        del self._parts[self._step_start :]
        self._open.clear()
        self._data = {slot: index for slot, index in self._data.items() if index < self._step_start}
        self._tools = ToolChunks(self._parts, self._step_start)

    def _apply_metadata(self, given: Any) -> None:
        if is_object(given) and is_object(self.metadata):
            self.metadata = {**self.metadata, **given}
        elif given is not None:
            self.metadata = given

    def parts(self) -> list[UIPart]:
        """The parts so far; those that still grow are in state streaming."""
        parts = list(self._parts)
        for growing in self._open.values():
            parts[growing.index] = growing.part(PartState.STREAMING)
        for index, part in self._tools.growing():
            parts[index] = part
        return self._with_steps(parts)

    def _with_steps(self, parts: list[UIPart]) -> list[UIPart]:
        """Steps are told apart where tools are called, and numbered as their rows are: a step's results are a row."""
        if not any(isinstance(part, ToolPart) for part in parts):
            return [part for part in parts if not isinstance(part, StepStartPart)]
        answers, rows = self._begins_with_results, 0
        for index in range(self._begin, len(parts)):
            part = parts[index]
            if isinstance(part, StepStartPart):
                rows, answers = rows + answers, False
                parts[index] = StepStartPart(part.step_order + rows)
            elif isinstance(part, ToolPart) and part.state.final and not part.provider_executed:
                answers = True
        return parts

    def closed_parts(self) -> list[UIPart]:
        """The parts so far as if the stream had ended here; those that say nothing are left out."""
        return [_closed(part) for part in self.parts() if not _says_nothing(part)]


def _says_nothing(part: UIPart) -> bool:
    """A part without text may still carry what a provider wants back: hidden reasoning, a signature."""
    return isinstance(part, TextPart | ReasoningPart) and not part.text and part.provider_metadata is None


def _closed(part: UIPart) -> UIPart:
    return replace(part, state=PartState.DONE) if isinstance(part, TextPart | ReasoningPart) else part


_GROWING: Final[dict[str, tuple[type[TextPart] | type[ReasoningPart], str]]] = {
    f"{name}-{phase}": (kind, phase)
    for name, kind in (("text", TextPart), ("reasoning", ReasoningPart))
    for phase in ("start", "delta", "end")
}


def _whole_part(kind: str, chunk: Chunk) -> UIPart | None:
    required, make = _WHOLE[kind]
    return make(chunk) if all(isinstance(chunk.get(name), str) for name in required) else None


def _file(chunk: Chunk) -> UIPart:
    reasoning, facts = chunk["type"] == "reasoning-file", chunk.get("providerMetadata")
    return FilePart(chunk["mediaType"], chunk["url"], string(chunk, "filename"), reasoning, facts)


def _source_url(chunk: Chunk) -> UIPart:
    return SourceUrlPart(chunk["sourceId"], chunk["url"], string(chunk, "title"), chunk.get("providerMetadata"))


def _source_document(chunk: Chunk) -> UIPart:
    title, facts = chunk["title"], chunk.get("providerMetadata")
    return SourceDocumentPart(chunk["sourceId"], chunk["mediaType"], title, string(chunk, "filename"), facts)


def _custom(chunk: Chunk) -> UIPart:
    return CustomPart(chunk["kind"], chunk.get("providerMetadata"))


_WHOLE: Final[dict[str, tuple[tuple[str, ...], Callable[[Chunk], UIPart]]]] = {
    "file": (("mediaType", "url"), _file),
    "reasoning-file": (("mediaType", "url"), _file),
    "source-url": (("sourceId", "url"), _source_url),
    "source-document": (("sourceId", "mediaType", "title"), _source_document),
    "custom": (("kind",), _custom),
}

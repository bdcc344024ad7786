"""A stream is one message being written; its deltas cover `[start, end)` of its parts, end to end, without a hole.

Positions count the parts as the writer made them, before text parts were joined, so a delta may hold fewer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from weft.threads.positions import ui_key

Chunk = dict[str, Any]
"""One AI SDK `UIMessageChunk`."""

_JOINED = {"text-delta", "reasoning-delta"}


class StreamState(StrEnum):
    STREAMING = "streaming"
    FINISHED = "finished"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class Stream:
    """`start_seq` and `end_seq` are the numbers of the events that started and ended it; `end` counts its parts.

    `message_step_order` is where the UI message begins that it writes: before its own place where it goes on with one,
    after an approval or another worker's death; None: at its own.
    """

    id: str
    thread_id: str
    order: int
    step_order: int
    state: StreamState
    abort_reason: str | None
    agent_name: str | None
    model: str | None
    provider: str | None
    user_id: str | None
    generation_id: str | None
    start_seq: int
    end_seq: int | None
    end: int
    started_at: datetime
    ended_at: datetime | None
    message_step_order: int | None = None

    @property
    def message_step(self) -> int:
        """The step at which its UI message begins."""
        return self.step_order if self.message_step_order is None else self.message_step_order

    @property
    def key(self) -> str:
        """The key of its UI message."""
        return ui_key(self.thread_id, self.order, self.message_step)

    message_id: str | None = None
    """The row that it writes, when no generation does."""


@dataclass(frozen=True, slots=True)
class Delta:
    """Parts `[start, end)` of a stream."""

    stream_id: str
    thread_id: str
    start: int
    end: int
    parts: Sequence[Chunk]

    @property
    def text(self) -> str:
        return "".join(part["delta"] for part in self.parts if part["type"] == "text-delta")


def compress(parts: Iterable[Chunk]) -> list[Chunk]:
    """Joins neighbouring text (or reasoning) deltas of one part into one (behaviour.md row 110).

    What else they carry is kept, of each field the newest value: a signature comes with the last of them.
    """
    joined: list[Chunk] = []
    for (kind, _), run in groupby(parts, key=lambda part: (part["type"], part.get("id"))):
        if kind in _JOINED:
            joined.append(_joined(list(run)))
        else:
            joined.extend(run)
    return joined


def _joined(run: Sequence[Chunk]) -> Chunk:
    fields = {name: value for part in run for name, value in part.items()}
    return {**fields, "delta": "".join(part["delta"] for part in run)}


def unbroken(deltas: Iterable[Delta], start: int) -> list[Delta]:
    """The deltas from `start` up to the first hole: of a stream that is being cleaned away some may be gone."""
    joined: list[Delta] = []
    for delta in deltas:
        if delta.start != start:
            break
        joined.append(delta)
        start = delta.end
    return joined


def join(deltas: Sequence[Delta]) -> Delta:
    """One delta in place of neighbouring ones of a stream."""
    if len(deltas) == 1:
        return deltas[0]
    first, last = deltas[0], deltas[-1]
    parts = compress(part for delta in deltas for part in delta.parts)
    return Delta(first.stream_id, first.thread_id, first.start, last.end, parts)

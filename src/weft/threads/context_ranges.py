"""Which turns come with the hits of a search: each hit's own, and some around it (decisions.md 23)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from weft.threads.messages import Message


@dataclass(frozen=True, slots=True)
class TurnRange:
    """Turns of one thread, from `first` to `last`, both included."""

    thread_id: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Worth:
    """How much a turn is worth to a context: `rank` of the best hit that brings it, and how far it is from that hit."""

    rank: int
    distance: int


class Surroundings:
    """The turns that hits bring. `hits` are their rows, the best first; `ends` bounds a thread: only turns before."""

    def __init__(self, hits: Iterable[Message], before: int, after: int, ends: Mapping[str, int]) -> None:
        self._hits = [(row.thread_id, row.order) for row in hits]
        self._before = before
        self._after = after
        self._ends = ends

    @property
    def ranges(self) -> list[TurnRange]:
        """Without overlaps: ranges that touch are one. By thread and turn."""
        merged: list[TurnRange] = []
        for one in sorted(map(self._around, self._hits), key=lambda each: (each.thread_id, each.first)):
            last = merged[-1] if merged else None
            if last is not None and last.thread_id == one.thread_id and one.first <= last.last + 1:
                merged[-1] = TurnRange(one.thread_id, last.first, max(last.last, one.last))
            else:
                merged.append(one)
        return merged

    @property
    def by_rank(self) -> list[TurnRange]:
        """The range of each hit, the best first, whether they overlap or not."""
        return [self._around(hit) for hit in self._hits]

    def worth(self, thread_id: str, order: int) -> Worth:
        """That of a turn which some hit brings."""
        for rank, (thread, hit) in enumerate(self._hits):
            if thread == thread_id and hit - self._before <= order <= hit + self._after:
                return Worth(rank, abs(order - hit))
        raise KeyError((thread_id, order))

    def _around(self, hit: tuple[str, int]) -> TurnRange:
        thread_id, order = hit
        end = self._ends.get(thread_id)
        last = order + self._after if end is None else min(order + self._after, end - 1)
        return TurnRange(thread_id, max(0, order - self._before), last)


def in_thread_order(rows: Sequence[Message], own: str | None) -> list[list[Message]]:
    """The rows by thread, each in its order: other threads first, by the time of their first row, then `own`."""
    threads: dict[str, list[Message]] = {}
    for row in sorted(rows, key=lambda each: each.position):
        threads.setdefault(row.thread_id, []).append(row)
    return sorted(threads.values(), key=lambda each: (each[0].thread_id == own, each[0].created_at, each[0].thread_id))

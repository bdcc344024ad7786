"""What the hits of a search bring into a context: their own turns and some around them (decisions.md 23).

Nothing comes that the searcher may not see: of another thread only what is its user's, and not hidden from searches.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from weft.agents.context.history import History
from weft.storage.store import Store
from weft.threads.context_ranges import Surroundings, TurnRange, in_thread_order
from weft.threads.messages import Message, MessageStatus
from weft.threads.search import Hit, SearchOptions

MOST_ROWS: Final = 1000
"""Of all that comes with the hits, these besides. Turns of the best hits come first."""


@dataclass(frozen=True, slots=True)
class Findings:
    """`threads`: rows in thread order, a list for each. `hits`: those that were found, by message. `copies`: rows of
    branches that the model is shown already, where they come from or in another branch."""

    threads: Sequence[Sequence[Message]] = ()
    hits: Mapping[str, Hit] = field(default_factory=dict[str, Hit])
    copies: Sequence[tuple[Message, Hit | None]] = ()
    around: Surroundings | None = None


NOTHING: Final = Findings()


async def read_findings(
    store: Store, hits: Sequence[Hit], history: History, options: SearchOptions, user_id: str | None
) -> Findings:
    """The hits that are still there, and what comes with them. `user_id`: whose other threads were searched."""
    if not hits:
        return NOTHING
    found = await store.messages.many([hit.message_id for hit in hits])
    rows = [found[hit.message_id] for hit in hits if hit.message_id in found]
    seen = await _seen(store, rows, history, user_id)
    copies = _Copies(history.rows)
    fit = (row for row in rows if row.thread_id in seen and _is_older(row, history))
    kept = copies.without(fit, options.limit)
    ends = {} if history.end is None else {history.end.thread_id: history.end.order}
    around = Surroundings(kept, options.before, options.after, ends)
    brought = await _brought(store, around, {row.id: row for row in kept}, history.thread_id)
    known = {hit.message_id: hit for hit in hits}
    return Findings(
        in_thread_order(copies.without(brought), history.thread_id),
        {row.id: known[row.id] for row in kept},
        [(row, known.get(row.id)) for row in copies.found],
        around,
    )


class _Copies:
    """Tells rows of branches from those that they are copies of. Of several only the first is kept."""

    def __init__(self, shown: Iterable[Message]) -> None:
        self._first = {_original(row): row.id for row in shown}
        self.found: list[Message] = []

    def without(self, rows: Iterable[Message], limit: int | None = None) -> list[Message]:
        """The first `limit` that are no copies."""
        kept: list[Message] = []
        for row in rows:
            if len(kept) == limit:
                break
            first = self._first.setdefault(_original(row), row.id)
            (kept if first == row.id else self.found).append(row)
        return kept


def _original(row: Message) -> tuple[object, ...]:
    """What a branch does not change of a row."""
    said = str(row.content) if row.text is None else row.text
    return (row.order, row.step_order, row.created_at, row.role, said)


async def _seen(store: Store, rows: Iterable[Message], history: History, user_id: str | None) -> set[str]:
    """The threads that may be looked into: a thread that is being deleted is found until all its rows are gone."""
    others = {row.thread_id for row in rows} - {history.thread_id}
    threads = await store.threads.many(sorted(others)) if others else {}
    seen = {id_ for id_, thread in threads.items() if user_id is not None and thread.user_id == user_id}
    return seen | ({history.thread_id} if history.thread_id is not None else set[str]())


def _is_older(row: Message, history: History) -> bool:
    end = history.end
    return row.status is MessageStatus.SUCCESS and (
        end is None or row.thread_id != end.thread_id or row.order < end.order
    )


async def _brought(store: Store, around: Surroundings, hits: Mapping[str, Message], own: str | None) -> list[Message]:
    rows = await _read(store, around)
    seen = {row.id: row for row in rows if row.thread_id == own or not row.hidden_from_user_search}
    return list((dict(hits) | seen).values())


async def _read(store: Store, around: Surroundings) -> list[Message]:
    """All of it, or where that is too much, whole turns around the best hits."""
    rows = await store.messages.of_ranges(around.ranges, MOST_ROWS + 1)
    if len(rows) <= MOST_ROWS:
        return rows
    rows = list[Message]()
    for one in around.by_rank:
        rows += await _whole_turns(store, one, MOST_ROWS - len(rows))
        if len(rows) >= MOST_ROWS:
            break
    return rows


async def _whole_turns(store: Store, around: TurnRange, limit: int) -> list[Message]:
    rows = await store.messages.of_ranges([around], limit + 1)
    cut = rows[limit].order if len(rows) > limit else None
    return [row for row in rows[:limit] if row.order != cut]

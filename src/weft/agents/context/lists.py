"""What was gathered for a context as items, list by list, each repaired and counted, before anything is too large."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from weft.agents.context.findings import Findings
from weft.agents.context.history import History
from weft.agents.context.options import ContextOptions
from weft.agents.context.tokens import CountTokens
from weft.llm.model import ModelMessage
from weft.threads.context_budget import too_much
from weft.threads.context_items import ContextItem, ContextSource, LeftOut, tokens_of
from weft.threads.generations import Given
from weft.threads.messages import Message, MessageRole, Part
from weft.threads.old_forms import normalise
from weft.threads.orphans import bound_parts
from weft.threads.search import Hit

_TOLD: Final = {"text", "image", "file"}


@dataclass(slots=True)
class Lists:
    """`window` are whole earlier turns; `turn` what must be shown: given messages, and all of the turn answered."""

    search: Sequence[ContextItem] = ()
    window: Sequence[ContextItem] = ()
    turn: Sequence[ContextItem] = ()
    left_out: list[ContextItem] = field(default_factory=list[ContextItem])

    def of(self, *sources: ContextSource) -> list[ContextItem]:
        """Those from these sources, in order."""
        return [item for item in (*self.search, *self.window, *self.turn) if item.source in sources]


class Listing:
    """Makes the lists of one context."""

    def __init__(self, options: ContextOptions, count: CountTokens) -> None:
        self._options = options
        self._count = count
        self._lists = Lists()

    def lists(self, history: History, findings: Findings, given: Given) -> Lists:
        """All that there is to send, within the budget if there is one."""
        lists = self._lists
        lists.window = self._kept(self._item(row, ContextSource.RECENT) for row in history.window)
        lists.search = [item for rows in findings.threads for item in self._found(rows, findings)]
        lists.turn = self._kept(self._turn(history, given))
        brought = {row.id for rows in findings.threads for row in rows}
        cut = [self._item(row, ContextSource.RECENT) for row in history.cut if row.id not in brought]
        self._leave_out(cut, LeftOut.WINDOW)
        self._leave_out((_whole(row, _source(hit), hit) for row, hit in findings.copies), LeftOut.DUPLICATE)
        if self._options.max_tokens is not None:
            self._fit(findings, self._options.max_tokens)
        return lists

    def _item(self, row: Message, source: ContextSource) -> ContextItem:
        """A row of an earlier turn."""
        content = normalise(row.content)
        if content and self._options.exclude_tool_messages and not (told := words(content)):
            self._leave_out([_of(row, source, content)], LeftOut.TOOL)
            return _of(row, source, told)
        return _of(row, source, words(content) if self._options.exclude_tool_messages else content)

    def _found(self, rows: Iterable[Message], findings: Findings) -> list[ContextItem]:
        items: list[ContextItem] = []
        for row in rows:
            hit = findings.hits.get(row.id)
            item = self._item(row, _source(hit))
            items.append(item if hit is None else replace(item, hit=hit))
        return self._kept(items)

    def _turn(self, history: History, given: Given) -> list[ContextItem]:
        """The turn being answered keeps its tool calls (decisions.md 19)."""
        prompt = [] if history.prompt is None else [_whole(history.prompt, ContextSource.PROMPT)]
        if given.prompt is not None:
            prompt = [ContextItem(ContextSource.PROMPT, MessageRole.USER, given.prompt, given=-1)]
        return [
            *(_whole(row, ContextSource.RECENT) for row in history.opening),
            *(ContextItem(ContextSource.INPUT, *said, given=at) for at, said in enumerate(given.messages)),
            *prompt,
            *(_whole(row, ContextSource.RESPONSE) for row in history.responses),
        ]

    def _kept(self, items: Iterable[ContextItem]) -> list[ContextItem]:
        """Without calls and results that lost each other, and with their tokens."""
        told = [item for item in items if item.content]
        kept: list[ContextItem] = []
        for item, parts in zip(told, bound_parts([(each.role, each.content) for each in told]), strict=True):
            if parts:
                kept.append(self._counted(item if parts is item.content else replace(item, content=parts)))
            else:
                self._leave_out([item], LeftOut.ORPHAN)
        return kept

    def _counted(self, item: ContextItem) -> ContextItem:
        return replace(item, tokens=self._count(ModelMessage(item.role, item.content)))

    def _leave_out(self, items: Iterable[ContextItem], why: LeftOut) -> None:
        self._lists.left_out += [replace(self._counted(item), left_out=why) for item in items if item.content]

    def _fit(self, findings: Findings, budget: int) -> None:
        lists = self._lists
        units = [*_neighbours(lists.search, findings), *_hits(lists.search, findings), *_turns(lists.window)]
        out = too_much(units, tokens_of(lists.turn), budget)
        gone = set(map(id, out))
        lists.left_out += [replace(item, left_out=LeftOut.BUDGET) for item in out]
        lists.search = [item for item in lists.search if id(item) not in gone]
        lists.window = [item for item in lists.window if id(item) not in gone]


def words(content: Iterable[Part]) -> list[Part]:
    """What a model is told of an earlier turn: words, images and files; of its tool calls nothing (decisions.md 19)."""
    return [part for part in content if part.get("type") in _TOLD]


def _of(row: Message, source: ContextSource, content: Sequence[Part]) -> ContextItem:
    return ContextItem(source, row.role, content, row=row, message_id=row.id)


def _whole(row: Message, source: ContextSource, hit: Hit | None = None) -> ContextItem:
    return ContextItem(source, row.role, normalise(row.content), row=row, message_id=row.id, hit=hit)


def _source(hit: Hit | None) -> ContextSource:
    return ContextSource.SEARCH_NEIGHBOUR if hit is None else ContextSource.SEARCH


def _turns(items: Iterable[ContextItem]) -> list[list[ContextItem]]:
    """The items of each turn, the oldest turn first."""
    turns: dict[tuple[str, int], list[ContextItem]] = {}
    for item in items:
        assert item.row is not None
        turns.setdefault((item.row.thread_id, item.row.order), []).append(item)
    return list(turns.values())


def _neighbours(items: Iterable[ContextItem], findings: Findings) -> list[list[ContextItem]]:
    """What came with the hits, a turn each: that of the worst hit first, and of one hit's the farthest."""
    around = findings.around
    if around is None:
        return []

    def value(turn: Sequence[ContextItem]) -> tuple[int, int]:
        row = turn[0].row
        assert row is not None
        worth = around.worth(row.thread_id, row.order)
        return (-worth.rank, -worth.distance)

    return sorted(_turns(item for item in items if item.source is ContextSource.SEARCH_NEIGHBOUR), key=value)


def _hits(items: Iterable[ContextItem], findings: Findings) -> list[list[ContextItem]]:
    """The hits, the worst first."""
    ranks = {message_id: rank for rank, message_id in enumerate(findings.hits)}
    found = [item for item in items if item.message_id in ranks]
    return [[item] for item in sorted(found, key=lambda each: -ranks[each.message_id or ""])]

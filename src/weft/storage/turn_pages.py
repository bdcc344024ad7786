"""Pages of whole turns as they are stored: their UI messages are made when somebody asks for them as values.

Whoever writes JSON of them reads the documents instead (`ui_docs.READ`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from weft.storage.paging import encode_cursor
from weft.storage.types import Doc
from weft.storage.ui_docs import plain, ui_messages_of
from weft.threads.paging import Edge, Page
from weft.threads.ui_messages import UIMessage, UIMessageStatus

_PENDING: Final = UIMessageStatus.PENDING.value


class Turn:
    """All rows of a turn in ascending position.

    `plain`: each of them is a UI message by itself. `pending`: something is still to be written, and a stream may know
    more than is stored.
    """

    __slots__ = ("_messages", "cursor", "docs", "order", "pending", "plain")

    def __init__(self, docs: Sequence[Doc]) -> None:
        self.docs = docs
        self.order: int = docs[0]["order"]
        self.cursor = _cursor_of(self.order)
        self.plain, self.pending = True, False
        for doc in docs:
            if not plain(doc):
                self.plain = False
            if doc["status"] == _PENDING:
                self.pending = True
        self._messages: list[UIMessage] | None = None

    def __len__(self) -> int:
        """How many UI messages it has."""
        return len(self.docs) if self.plain else len(self.messages)

    @property
    def messages(self) -> list[UIMessage]:
        if self._messages is None:
            self._messages = ui_messages_of(self.docs)
        return self._messages


@dataclass(frozen=True, slots=True)
class TurnPage:
    """A page of UI messages in the connection's own order."""

    turns: Sequence[Turn]
    has_next: bool
    has_previous: bool

    @property
    def pending(self) -> bool:
        for turn in self.turns:  # noqa: SIM110 -- a generator takes three times as long
            if turn.pending:
                return True
        return False

    @property
    def start_cursor(self) -> str | None:
        return self.turns[0].cursor if self.turns else None

    @property
    def end_cursor(self) -> str | None:
        return self.turns[-1].cursor if self.turns else None

    @property
    def edges(self) -> list[Edge[UIMessage]]:
        edges: list[Edge[UIMessage]] = []
        for turn in self.turns:
            edges += [Edge(turn.cursor, message) for message in turn.messages]
        return edges

    def page(self) -> Page[UIMessage]:
        return Page(self.edges, self.has_next, self.has_previous)


@lru_cache(4096)
def _cursor_of(order: int) -> str:
    """All of a turn has one."""
    return encode_cursor([order])

"""What of the vectors is in memory, under one bound and true at all times: each change that is heard of is applied.

Exact tables of scopes make room for each other, the one that was used longest ago first; codes stay. What does not fit
is not held: whoever asks for it reads from MongoDB.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from weft.storage.search.embedded.codes import Codes
from weft.storage.search.embedded.entry_news import EntryNews
from weft.storage.search.embedded.entry_reader import BATCH, EntryReader
from weft.storage.search.embedded.exact import ExactTable
from weft.storage.search.embedded.held import Held
from weft.storage.types import Doc
from weft.threads.search import Reach
from weft.threads.vectors import Space

P = ParamSpec("P")
T = TypeVar("T")

_OF_CODES: Final = 0.75


class VectorMemory:
    """`limit`: bytes. All work on arrays is done by `compare`, in one thread."""

    def __init__(self, reader: EntryReader, news: EntryNews, limit: int) -> None:
        self.limit = limit
        self._reader = reader
        self._news = news
        self._gaps = news.gaps
        self._tables: OrderedDict[tuple[str, Reach], Held] = OrderedDict()
        self._codes: dict[str, Held] = {}
        self._unfinished: set[Held] = set()
        self._applying = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "weft-vectors")

    @property
    def bytes(self) -> int:
        """What is held, and what is being read."""
        return sum(held.rows.bytes for held in (*self._tables.values(), *self._codes.values(), *self._unfinished))

    async def compare(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The outcome of work in the one thread for it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(*args, **kwargs))

    def table(self, space: Space, scope: Reach) -> ExactTable | None:
        """The scope's vectors, when they are held."""
        held = self._tables.get((space.key, scope))
        if held is None or not isinstance(held.rows, ExactTable):
            return None
        self._tables.move_to_end((space.key, scope))
        return held.rows

    def codes(self, space: Space) -> Codes | None:
        """The space's codes, when they are held."""
        held = self._codes.get(space.key)
        return held.rows if held is not None and isinstance(held.rows, Codes) else None

    def drop(self, space: Space, scope: Reach) -> None:
        """Holds a scope's vectors no longer."""
        self._tables.pop((space.key, scope), None)

    def clear(self) -> None:
        """Holds nothing any longer."""
        self._tables.clear()
        self._codes.clear()

    def begin(self, held: Held) -> None:
        """It is about to be read: from now on it is told of changes."""
        self._unfinished.add(held)
        self._make_room()

    def give_up(self, held: Held) -> None:
        """It is not read any further. Nothing happens when it is held already."""
        self._unfinished.discard(held)

    async def finish(self, held: Held) -> None:
        """All of it was read, and what has changed meanwhile is read again: from now on it is held."""
        async with self._applying:
            self._forget_after_gap()
            if held not in self._unfinished:
                return
            missed = list(held.missed)
            for start in range(0, len(missed), BATCH):
                await self._change([held], missed[start : start + BATCH])
            self._unfinished.discard(held)
            if isinstance(held.rows, Codes):
                self._codes[held.space.key] = held
            else:
                self._tables[held.space.key, held.scope] = held
            self._make_room()

    async def settle(self) -> None:
        """Applies what was heard of until now. Raises UnavailableError when MongoDB does not answer."""
        async with self._applying:
            self._forget_after_gap()
            waiting, self._news.changed = list(self._news.changed), set()
            try:
                while waiting:
                    await self._apply(waiting[-BATCH:])
                    del waiting[-BATCH:]
            finally:
                self._news.changed.update(waiting)
            self._make_room()

    async def _apply(self, entry_ids: Sequence[str]) -> None:
        for held in self._unfinished:
            held.missed.update(entry_ids)
        await self._change([*self._tables.values(), *self._codes.values()], entry_ids)

    async def _change(self, loaded: Sequence[Held], entry_ids: Sequence[str]) -> None:
        if loaded:
            docs = await self._reader.by_ids(entry_ids, {held.space.key for held in loaded})
            await self.compare(_change, loaded, entry_ids, docs)

    def _forget_after_gap(self) -> None:
        if self._gaps != self._news.gaps:
            self._gaps = self._news.gaps
            self._unfinished.clear()
            self.clear()

    def _make_room(self) -> None:
        while self._tables and self.bytes > self.limit:
            self._tables.popitem(last=False)
        for key in [key for key, held in self._codes.items() if held.rows.bytes > self.limit * _OF_CODES]:
            del self._codes[key]


def _change(loaded: Sequence[Held], entry_ids: Sequence[str], docs: Sequence[Doc]) -> None:
    for held in loaded:
        held.change(entry_ids, docs)

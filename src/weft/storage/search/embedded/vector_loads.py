"""Reads vectors into memory: each scope once however many ask for it, few at a time, none beyond the bound."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, Final

from weft.storage.search.embedded.codes import Codes, width_of
from weft.storage.search.embedded.entry_reader import EntryReader
from weft.storage.search.embedded.exact import ExactTable
from weft.storage.search.embedded.held import EVERYBODY, Held
from weft.storage.search.embedded.vector_memory import VectorMemory
from weft.threads.search import Reach
from weft.threads.vectors import Space

_LOG = logging.getLogger(__name__)
_AT_ONCE: Final = 2
_ROW_BYTES: Final = 64
"""Of a row besides its vector or code."""
_OF_LIMIT: Final = 0.5
"""The part of the memory that one table, or one space's codes, may take when they are read."""
_COUNTED: Final = 1_000_000_000


class VectorLoads:
    """Its tasks end with `close`."""

    def __init__(self, reader: EntryReader, memory: VectorMemory) -> None:
        self._reader = reader
        self._memory = memory
        self._tasks: dict[object, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._too_many: set[Space] = set()

    def fits(self, space: Space, size: int) -> bool:
        """Whether so many vectors may be held as a table."""
        return size * (4 * space.dimension + _ROW_BYTES) <= self._memory.limit * _OF_LIMIT

    async def table(self, space: Space, scope: Reach, size: int) -> ExactTable | None:
        """The scope's vectors, about `size`; None when they cannot be held just now. Another may have read them."""
        held = self._memory.table(space, scope)
        if held is not None:
            return held
        await asyncio.shield(self._task((space, scope), self._table(space, scope, size)))
        return self._memory.table(space, scope)

    def want_codes(self, space: Space) -> None:
        """Begins to read the space's codes unless that goes on already, or they are more than may be held."""
        if space not in self._too_many:
            _ = self._task(space, self._codes(space))

    async def close(self) -> None:
        """Ends what is being read."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _task(self, key: object, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Without the deadline of who asks first: others wait for it too."""
        if key in self._tasks:
            work.close()
            return self._tasks[key]
        task = self._tasks[key] = asyncio.create_task(work, name="weft-vectors", context=Context())
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    def _ended(self, key: object, task: "asyncio.Task[None]") -> None:
        del self._tasks[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.warning("vectors were not read into memory", extra={"error": type(error).__name__})

    async def _table(self, space: Space, scope: Reach, size: int) -> None:
        async with self._places:
            await self._read(Held(space, scope, ExactTable(space.key, space.dimension, size)), self.fits)

    async def _codes(self, space: Space) -> None:
        async with self._places:
            size = await self._reader.count(space, EVERYBODY, _COUNTED)
            if not self._codes_fit(space, size):
                return
            mean = await self._reader.mean(space)
            await self._read(Held(space, EVERYBODY, Codes(space.key, space.dimension, size, mean)), self._codes_fit)

    def _codes_fit(self, space: Space, size: int) -> bool:
        if size * (8 * width_of(space.dimension) + _ROW_BYTES) <= self._memory.limit * _OF_LIMIT:
            return True
        self._too_many.add(space)
        about = {"model": space.model, "dimension": space.dimension, "vectors": size}
        _LOG.warning("vectors are read from MongoDB by each search; set WEFT_SEARCH_MEMORY_MB higher", extra=about)
        return False

    async def _read(self, held: Held, fits: Callable[[Space, int], bool]) -> None:
        self._memory.begin(held)
        try:
            async for docs in self._reader.batches(held.space, held.scope):
                await self._memory.compare(held.rows.add, docs)
                if not fits(held.space, held.rows.count):
                    return
            await self._memory.finish(held)
        finally:
            self._memory.give_up(held)

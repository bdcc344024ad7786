"""A topic fed by changes: they are applied one after the other, those that need a read from the store in batches."""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Sequence
from typing import Final

from weft.subscriptions.topic import Topic
from weft.threads.events import Change

_LOG = logging.getLogger(__name__)
_MOST_WAITING: Final = 10_000


class ChangingTopic(Topic):
    """Subclasses say how to `load` the state it starts from, and how to `apply` changes to it."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.readers = 0
        self._waiting: list[Change] = []
        self._worker: asyncio.Task[None] | None = asyncio.create_task(self._load(), name="weft-topic-load")

    @abstractmethod
    async def load(self) -> None:
        """Reads the state from the store. Changes that come meanwhile wait."""

    @abstractmethod
    async def apply(self, changes: Sequence[Change]) -> None:
        """Appends the items that the changes make."""

    @abstractmethod
    def apply_at_once(self, change: Change) -> bool:
        """Applies a change that needs no reading; False for others."""

    def offer(self, change: Change) -> None:
        """Takes a change, in commit order. Never waits."""
        if self.ended is not None or (self._worker is None and self.apply_at_once(change)):
            return
        if len(self._waiting) >= _MOST_WAITING:
            self.end("too many changes at once")
            return
        self._waiting.append(change)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="weft-topic")

    def close(self) -> None:
        """Nobody reads any more."""
        if self._worker is not None:
            self._worker.cancel()
        if self.loaded.done() and not self.loaded.cancelled():
            self.loaded.exception()

    async def _load(self) -> None:
        try:
            await self.load()
        except Exception as error:
            self._worker = None
            self.end("the thread could not be read")
            self.loaded.set_exception(error)
            return
        self.loaded.set_result(None)
        await self._work()

    async def _work(self) -> None:
        try:
            while self._waiting and self.ended is None:
                changes, self._waiting = self._waiting, []
                await self.apply(changes)
        except Exception as error:
            _LOG.exception("a live topic failed", extra={"error": type(error).__name__})
            self.end("the server could not read the store")
        finally:
            self._worker = None

"""Writes a stream's parts as deltas: the first at once, then one at a time, no more often than the throttle allows."""

import asyncio
from typing import Final, Protocol

from weft.threads.streams import Chunk, Delta, Stream, compress

THROTTLE_SECONDS: Final = 0.05
_MOST_WAITING: Final = 2000


class Appender(Protocol):
    """Where deltas go: the store, or a writer that looks first whether its stream still lives."""

    async def append(self, delta: Delta) -> None: ...


class StreamWriter:
    """Parts go in with `add`; `flush` returns when all are stored. A failed write fails the next call."""

    def __init__(self, deltas: Appender, stream: Stream, throttle_seconds: float = THROTTLE_SECONDS) -> None:
        self._deltas = deltas
        self._stream = stream
        self._throttle = throttle_seconds
        self._waiting: list[Chunk] = []
        self._end = 0
        self._next_at = 0.0
        self._hurry = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None

    @property
    def end(self) -> int:
        """How many parts have been handed to the store, flushed or being flushed."""
        return self._end

    async def add(self, *parts: Chunk) -> None:
        """Takes parts; waits only when the store is far behind."""
        self._raise_failure()
        self._waiting.extend(parts)
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._write(), name=f"weft-stream-{self._stream.id}")
        elif len(self._waiting) > _MOST_WAITING:
            await self.flush()

    async def flush(self) -> None:
        """Everything added so far is stored when this returns."""
        if self._flusher is not None:
            self._hurry.set()
            await asyncio.shield(self._flusher)
        self._raise_failure()

    async def aclose(self) -> None:
        """Gives up what is not stored yet."""
        if self._flusher is not None:
            self._flusher.cancel()
            await asyncio.gather(self._flusher, return_exceptions=True)

    async def _write(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._waiting:
            await self._pause(self._next_at - clock())
            parts, self._waiting = self._waiting, []
            self._next_at = clock() + self._throttle
            start, self._end = self._end, self._end + len(parts)
            await self._deltas.append(Delta(self._stream.id, self._stream.thread_id, start, self._end, compress(parts)))
        self._hurry.clear()
        self._flusher = None

    async def _pause(self, seconds: float) -> None:
        """Waits for the throttle, unless somebody waits for the end."""
        if seconds > 0:
            try:
                async with asyncio.timeout(seconds):
                    await self._hurry.wait()
            except TimeoutError:
                return

    def _raise_failure(self) -> None:
        if self._flusher is not None and self._flusher.done():
            self._flusher.result()

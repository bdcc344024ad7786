"""What a tool shows while it works: the latest value, at most so many a second, and no flood of them."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import orjson

PER_SECOND: Final = 10
MOST_VALUES: Final = 100_000
MOST_SHOWN_BYTES: Final = 16 * 1024 * 1024

OnPreliminary = Callable[[Any], Awaitable[None]]
"""Is given a JSON value, whose successors make it obsolete."""

_LOG: Final = logging.getLogger(__name__)


class FloodError(ValueError):
    """The tool gives more preliminary values than may be."""


class Preliminary:
    """Takes values from any thread and shows them one at a time. A value that waits gives way to a newer one."""

    def __init__(self, show: OnPreliminary) -> None:
        self._show = show
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._waiting: list[Any] = []
        self._count = 0
        self._left = MOST_SHOWN_BYTES
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    def put(self, value: Any) -> None:
        """Raises FloodError when there have been too many."""
        with self._lock:
            self._count += 1
            if self._count > MOST_VALUES:
                raise FloodError(f"the tool gave more than {MOST_VALUES:,} preliminary values, the most it may")
            if self._left < 0:
                raise FloodError(f"the tool showed more than {MOST_SHOWN_BYTES:,} bytes of preliminary values")
            first = not self._waiting
            self._waiting = [value]
        if first:
            with suppress(RuntimeError):  # the loop has been closed
                self._loop.call_soon_threadsafe(self._news.set)

    @asynccontextmanager
    async def shown(self) -> AsyncGenerator[None, None]:
        """Shows values while the block runs. A value that still waits at its end is not shown: the result is."""
        task = asyncio.create_task(self._run(), name="weft-preliminary")
        try:
            yield
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            self._over.set()
            self._news.set()
            await asyncio.wait({task})

    async def _run(self) -> None:
        while not self._over.is_set():
            await self._news.wait()
            self._news.clear()
            with self._lock:
                waiting, self._waiting = self._waiting, []
            if waiting and not self._over.is_set():
                await self._show_one(waiting[0])
                with suppress(TimeoutError):
                    async with asyncio.timeout(1 / PER_SECOND):
                        await self._over.wait()

    async def _show_one(self, value: Any) -> None:
        size = len(orjson.dumps(value))
        with self._lock:
            self._left -= size
        try:
            await self._show(value)
        except Exception as error:
            _LOG.warning("a preliminary value was not shown", extra={"error": type(error).__name__})

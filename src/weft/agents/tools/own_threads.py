"""Threads for functions that are not async. They are daemons and are left when nobody waits for them any longer:
one that never returns takes no place from others and does not hold up the end of the server."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from typing import Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

T = TypeVar("T")

MOST_RUNNING: Final = 64
MOST_LEFT: Final = 256


class OwnThreads:
    """`most_running` calls have a thread at a time on one event loop; `most_left` may be left behind in all."""

    def __init__(self, most_running: int = MOST_RUNNING, most_left: int = MOST_LEFT) -> None:
        self._most_running = most_running
        self._most_left = most_left
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
        self.left = 0
        self._lock = threading.Lock()

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None, None]:
        """Waits until fewer than the most calls run."""
        loop = asyncio.get_running_loop()
        async with self._places.setdefault(loop, asyncio.Semaphore(self._most_running)):
            yield

    async def run(self, work: Callable[[], T]) -> T:
        """What the function returns or raises. Cancelled, it leaves the thread to end by itself.

        Raises:
            RuntimeError: too many threads have been left that do not end.
        """
        if self.left >= self._most_left:
            raise RuntimeError(f"{self.left} functions of tools have not returned; no other is started")
        job = _Job(work, asyncio.get_running_loop())
        threading.Thread(target=job.run, args=(self._returned,), name="weft-tool", daemon=True).start()
        try:
            value, error = await job.outcome
        except asyncio.CancelledError:
            self._leave(job)
            raise
        if error is not None:
            raise error
        return cast("T", value)

    def _leave(self, job: "_Job") -> None:
        with self._lock:
            job.left = not job.over
            self.left += job.left

    def _returned(self, job: "_Job") -> None:
        with self._lock:
            job.over = True
            self.left -= job.left


class _Job:
    """The outcome is a value of the future, never its exception: not every exception can be one."""

    def __init__(self, work: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> None:
        self._work = work
        self._loop = loop
        self._context = copy_context()
        self.outcome: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()
        self.left = False
        self.over = False

    def run(self, returned: Callable[["_Job"], None]) -> None:
        outcome: tuple[Any, BaseException | None]
        try:
            outcome = self._context.run(self._work), None
        except BaseException as error:
            outcome = None, error
        returned(self)
        with suppress(RuntimeError):  # the loop has been closed
            self._loop.call_soon_threadsafe(self._tell, outcome)

    def _tell(self, outcome: tuple[Any, BaseException | None]) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)


threads: Final = OwnThreads()
"""The threads of this process's tools."""

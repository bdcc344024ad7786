"""Whoever waits for an answer is let go when they are nobody any more: their token expires, or their key is revoked.

Only the waiting ends, and with it what nobody else could read: an answer that is stored goes on in its thread.
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from weft.errors import UnauthenticatedError
from weft.resolvers.sessions import End

WORDS: Final = "{}: who asked for this is nobody any more. An answer that is stored in a thread goes on"


class Watch:
    """Of one request. `hold` is told what to call, with the reason, when whoever asked is nobody any more."""

    __slots__ = ("_hold", "_task", "ended")

    def __init__(self, hold: Callable[[End], Callable[[], None]]) -> None:
        self.ended: str | None = None
        self._hold = hold
        self._task: asyncio.Task[object] | None = None

    @contextmanager
    def watching(self) -> Generator[None, None, None]:
        """Inside, the running task is cancelled then, and UnauthenticatedError comes out of it."""
        self._task = asyncio.current_task()
        release = self._hold(self._end)
        try:
            yield
        except asyncio.CancelledError:
            if self.ended is None or self._task is None or self._task.uncancel() > 0:
                raise  # somebody else's wish as well
            raise UnauthenticatedError(WORDS.format(self.ended)) from None
        finally:
            self._task = None
            release()

    def _end(self, why: str) -> None:
        if self._task is not None and self.ended is None:
            self.ended = why
            self._task.cancel()


_WATCH: ContextVar[Watch | None] = ContextVar("weft_operation_watch", default=None)


@contextmanager
def watched(watch: Watch | None) -> Generator[None, None, None]:
    """What runs inside may use `while_known`."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


@contextmanager
def while_known() -> Generator[None, None, None]:
    """Around a long wait: ends it as said above, where somebody is asked who they are."""
    watch = _WATCH.get()
    if watch is None:
        yield
    else:
        with watch.watching():
            yield

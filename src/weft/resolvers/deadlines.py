"""How long an operation may take, and how a resolver that waits for a model's answer is given longer."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

DEADLINE = 30.0
"""Seconds a query, a mutation or the start of a subscription may take."""

ANSWER_DEADLINE = 600.0
"""Seconds a mutation may take that waits for an answer."""


class Clock:
    """Cancels what runs inside when its time is up. `limit`: the seconds it has, as things stand."""

    __slots__ = ("_longest", "_timeout", "_token", "limit")

    def __init__(self, deadline: float = DEADLINE, longest: float = ANSWER_DEADLINE) -> None:
        self.limit = deadline
        self._longest = max(longest, deadline)
        self._timeout = asyncio.timeout(deadline)
        self._token: Token[Clock | None] | None = None

    @property
    def expired(self) -> bool:
        return self._timeout.expired()

    @property
    def ends_at(self) -> float:
        """In the time of the event loop."""
        when = self._timeout.when()
        assert when is not None
        return when

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._token = _CLOCK.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _CLOCK.reset(self._token)
        await self._timeout.__aexit__(kind, error, trace)

    @contextmanager
    def longer(self) -> Generator[None, None, None]:
        """Inside, the limit is the longest one, counted from the start; afterwards there is left what was left before.

        Not for what runs beside others of its operation: the fields of a mutation run one after another.
        """
        loop, limit, ends_at = asyncio.get_running_loop(), self.limit, self.ends_at
        began, started = loop.time(), ends_at - limit
        self.limit = self._longest
        self._timeout.reschedule(started + self._longest)
        try:
            yield
        finally:
            if not self.expired:
                waited = loop.time() - began
                self.limit = limit + waited
                self._timeout.reschedule(ends_at + waited)


_CLOCK: ContextVar[Clock | None] = ContextVar("weft_operation_clock", default=None)


@contextmanager
def waiting_for_an_answer() -> Generator[None, None, None]:
    """Gives the operation under way more time, as long as this lasts."""
    clock = _CLOCK.get()
    if clock is None:
        yield
    else:
        with clock.longer():
            yield

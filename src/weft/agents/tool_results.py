"""The results of a step's tools as they come in: each is stored before long, at most one store at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

from weft.threads.messages import Message, Part
from weft.threads.steps import Call


class ToolResults:
    """`expected` results are to come; the last one is not stored here but with the end of the step.

    Use it as an async context manager: it is left when nothing is being stored any more.
    """

    def __init__(
        self,
        row: Message,
        calls: Sequence[Call],
        store: Callable[[Message, Sequence[Part]], Awaitable[None]],
        *,
        expected: int,
    ) -> None:
        self._row = row
        self._places = {call.id: place for place, call in enumerate(calls)}
        self._store = store
        self._missing = expected
        self._found: list[Part] = list(row.content)
        self._dirty = False
        self._storing: asyncio.Task[None] | None = None

    @property
    def content(self) -> list[Part]:
        """The results so far, in the order of the calls."""
        return sorted(self._found, key=lambda part: self._places.get(part["toolCallId"], -1))

    async def record(self, result: Part) -> None:
        """Takes a result. Raises what kept an earlier one from being stored."""
        self._found.append(result)
        self._missing -= 1
        self._dirty = True
        if self._storing is not None and self._storing.done():
            self._storing.result()
            self._storing = None
        if self._storing is None and self._missing:
            self._storing = asyncio.create_task(self._store_all(), name=f"weft-results-{self._row.id}")

    async def _store_all(self) -> None:
        while self._dirty and self._missing:
            self._dirty = False
            await self._store(self._row, self.content)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        storing = self._storing
        if storing is None:
            return
        if error is not None:
            storing.cancel()
            await asyncio.gather(storing, return_exceptions=True)
        else:
            await storing

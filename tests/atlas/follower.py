"""Follows one collection by a change stream, and can tell when everything written so far has arrived."""

import asyncio
from collections.abc import Callable
from typing import Any

from pymongo.asynchronous.change_stream import AsyncChangeStream

from weft.storage.types import Client, Doc


class Follower:
    """Gives each change to `take`, one at a time, while `gate` is open. Marks are documents of a collection beside."""

    def __init__(self, client: Client, namespace: tuple[str, str], marks: tuple[str, str], gate: asyncio.Event) -> None:
        self._client = client
        self._namespace = namespace
        self._marks = marks
        self._gate = gate
        self._seen: dict[Any, asyncio.Event] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self, take: Callable[[Doc], None]) -> None:
        """Returns when no later change will be missed."""
        either = [{"ns.db": database, "ns.coll": collection} for database, collection in (self._namespace, self._marks)]
        pipeline: list[Doc] = [{"$match": {"$or": either}}]
        stream = await self._client.watch(pipeline, full_document="updateLookup", show_expanded_events=False)
        self._task = asyncio.create_task(self._run(stream, take))

    async def passed(self, mark: object) -> None:
        """Returns when that mark, and everything before it, has arrived. Raises what ended the following."""
        assert self._task is not None
        arrived = asyncio.create_task(self._mark(mark).wait())
        await asyncio.wait((arrived, self._task), return_when=asyncio.FIRST_COMPLETED)
        arrived.cancel()
        if self._task.done() and not self._task.cancelled():
            self._task.result()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self, stream: AsyncChangeStream[Doc], take: Callable[[Doc], None]) -> None:
        async with stream:
            async for change in stream:
                await self._gate.wait()
                if (change["ns"]["db"], change["ns"]["coll"]) == self._marks:
                    self._mark(change["documentKey"]["_id"]).set()
                else:
                    take(change)

    def _mark(self, mark: object) -> asyncio.Event:
        return self._seen.setdefault(mark, asyncio.Event())

"""What search indexes do by themselves: they are built, follow their collection, and go with it.

Two gates hold this up for as long as a test wants: one before the end of a build or a deletion, one before each change.
"""

import asyncio
import uuid
from collections.abc import Coroutine
from typing import Any

from bson import Timestamp
from pymongo import WriteConcern
from tests.atlas.follower import Follower
from tests.atlas.indexes import Build, SearchIndex, State
from tests.atlas.refusals import Refused

from weft.storage.types import Client, Doc

_JOURNALED = WriteConcern("majority", j=True)


class Builder:
    """`client` is connected to the mongod itself, and reads times as `wire.CODEC` does."""

    def __init__(self, client: Client) -> None:
        self.indexes: list[SearchIndex] = []
        self.building = asyncio.Event()
        self.following = asyncio.Event()
        self._client = client
        self._followers: dict[tuple[str, str], Follower] = {}
        self._changing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._marks = (f"atlas_{uuid.uuid4().hex}", "marks")
        self._marked = 0
        self.wrong: list[Exception] = []
        """What ended a build or a deletion that should not have."""
        self.building.set()
        self.following.set()

    async def require_collection(self, database: str, collection: str) -> None:
        """Raises Refused when there is none."""
        found = await self._client[database].list_collections(filter={"name": collection, "type": "collection"})
        if not await found.to_list():
            raise Refused(f"Collection '{database}.{collection}' does not exist.", 26, "NamespaceNotFound")

    async def add(self, index: SearchIndex) -> None:
        """A new index, to be built."""
        async with self._changing:
            await self._follow((index.database, index.collection))
            index.main.since = await self._now()
            self.indexes.append(index)
        self._start(self._build(index, index.main))

    async def restage(self, index: SearchIndex, build: Build) -> None:
        """Another definition for an index, to be built beside the one that answers."""
        build.since = await self._now()
        index.staged = build
        self._start(self._build(index, build))

    def delete(self, index: SearchIndex) -> None:
        index.deleting = True
        self._start(self._delete(index))

    async def finish(self) -> None:
        """Opens the gate of builds; returns when every one is done."""
        self.building.set()
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def caught_up(self) -> None:
        """Returns when every change written so far is in the indexes."""
        if not self.following.is_set():
            raise RuntimeError("the indexes are held: release them first")
        self._marked += 1
        mark = self._marked
        database, collection = self._marks
        marks = self._client[database].get_collection(collection, write_concern=_JOURNALED)
        followers = list(self._followers.values())
        await marks.insert_one({"_id": mark})
        await asyncio.gather(*(follower.passed(mark) for follower in followers))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(follower.stop() for follower in self._followers.values()))
        await self._client.drop_database(self._marks[0])

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self.wrong.append(error)

    async def _build(self, index: SearchIndex, build: Build) -> None:
        build.state = State.INITIAL_SYNC
        stored = self._client[index.database][index.collection]
        docs = await stored.find().to_list()
        await self.building.wait()
        if build.state is not State.INITIAL_SYNC:
            return
        for doc in docs:
            build.entries.put(doc)
        for change in build.waiting:
            _apply(build, change)
        build.waiting.clear()
        build.state = State.STEADY
        if build is index.staged:
            index.main, index.staged = build, None

    async def _delete(self, index: SearchIndex) -> None:
        await self.building.wait()
        await self._remove(index)

    async def _remove(self, index: SearchIndex) -> None:
        async with self._changing:
            if index not in self.indexes:
                return
            self.indexes.remove(index)
            namespace = (index.database, index.collection)
            if all((other.database, other.collection) != namespace for other in self.indexes):
                await self._followers.pop(namespace).stop()

    async def _follow(self, namespace: tuple[str, str]) -> None:
        if namespace not in self._followers:
            follower = Follower(self._client, namespace, self._marks, self.following)
            await follower.start(self._take)
            self._followers[namespace] = follower

    def _take(self, change: Doc) -> None:
        namespace = (change["ns"]["db"], change["ns"]["coll"])
        for index in [one for one in self.indexes if (one.database, one.collection) == namespace]:
            for build in index.builds:
                if build.since is None or change["clusterTime"] <= build.since:
                    continue
                if change["operationType"] in ("drop", "rename"):
                    index.deleting = True
                    self._start(self._remove(index))
                    break
                if build.state is State.INITIAL_SYNC:
                    build.waiting.append(change)
                elif build.queryable:
                    _apply(build, change)

    async def _now(self) -> Timestamp:
        hello = await self._client.admin.command("hello")
        return hello["operationTime"]  # type: ignore[no-any-return]


def _apply(build: Build, change: Doc) -> None:
    if change["operationType"] == "delete":
        build.entries.remove(change["documentKey"]["_id"])
    elif change.get("fullDocument") is not None:
        build.entries.put(change["fullDocument"])

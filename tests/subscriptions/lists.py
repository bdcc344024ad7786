"""Those who follow a list of threads, and random histories of what they follow."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Final

from tests.support import wait_until

from weft.agents.weft import Weft
from weft.subscriptions.reader import Reader
from weft.threads.cursors import EVERYONE, Listed
from weft.threads.events import Item, ThreadChanged, ThreadGone
from weft.threads.paging import PageRequest
from weft.threads.threads import Thread, ThreadFilter, ThreadOrder, ThreadStatus

OWNERS: Final = ("ann", "bob", None)
LISTS: Final[tuple[Listed, ...]] = (*OWNERS, EVERYONE)
Shown = tuple[str | None, str | None, ThreadStatus]


def shown(thread: Thread) -> Shown:
    return thread.title, thread.user_id, thread.status


class Follower:
    """Keeps a list as a client does: a page once, then only what the events say, however often it is cut off."""

    def __init__(self, weft: Weft, listed: Listed) -> None:
        self.listed: Listed = listed
        self.threads: dict[str, Shown] = {}
        self.cursor = ""
        self._weft = weft
        self._following: asyncio.Task[None] | None = None

    @property
    def is_following(self) -> bool:
        return self._following is not None

    async def read(self) -> dict[str, Shown]:
        """The list as it is, with the cursor of the moment."""
        narrowed = ThreadFilter() if self.listed is EVERYONE else self._narrowed()
        page = await self._weft.threads.page(narrowed, ThreadOrder.CREATED, PageRequest.of(first=100))
        self.cursor = page.cursor
        return {thread.id: shown(thread) for thread in page.nodes}

    async def reader(self) -> Reader:
        user_id = self.listed if isinstance(self.listed, str) else None
        return await self._weft.feeds.thread_list(user_id, self.cursor, everyone=self.listed is EVERYONE)

    async def heard(self, thread_ids: Sequence[str]) -> None:
        """Returns when all of them are in the list."""
        await wait_until(lambda: self.threads.keys() >= set(thread_ids))

    def follow(self) -> None:
        self._following = asyncio.create_task(self._follow())

    async def cut(self) -> None:
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following
        self._following = None

    def take(self, item: Item) -> None:
        """What every client does with an event of a list."""
        match item.event:
            case ThreadChanged(thread):
                self.threads[thread.id] = shown(thread)
            case ThreadGone(thread_id):
                self.threads.pop(thread_id, None)
            case other:
                raise AssertionError(other)
        self.cursor = item.cursor

    async def _follow(self) -> None:
        reader = await self.reader()
        try:
            async for item in reader:
                self.take(item)
                await asyncio.sleep(0)
        finally:
            await reader.aclose()

    def _narrowed(self) -> ThreadFilter:
        return ThreadFilter(user_id=self.listed) if isinstance(self.listed, str) else ThreadFilter(anonymous=True)


class ListHistory:
    """What happens to threads: they are made, renamed, put away, given to others and deleted."""

    def __init__(self, weft: Weft, seed: int) -> None:
        self.random = Random(seed)
        self.followers = [Follower(weft, listed) for listed in LISTS]
        self._weft = weft
        self._threads: list[str] = []

    async def begin(self) -> None:
        """Some threads are there, and everybody reads the list."""
        for _ in range(5):
            await self._made()
        for follower in self.followers:
            follower.threads = await follower.read()

    async def happen(self, count: int) -> None:
        """So many things; before each somebody may come, or be cut off."""
        things: list[Callable[[], Awaitable[None]]] = [self._made, self._renamed, self._put_away, self._given]
        things += [self._given, self._deleted]
        for _ in range(count):
            for follower in self.followers:
                if self.random.random() < 0.3:
                    await follower.cut()
                elif not follower.is_following and self.random.random() < 0.3:
                    follower.follow()
            await self.random.choice(things if self._threads else [self._made])()

    async def end(self) -> None:
        """Everybody comes back, and has heard of the last thing that happens to their list."""
        last = {owner: (await self._weft.threads.create(user_id=owner)).id for owner in OWNERS}
        for follower in self.followers:
            if not follower.is_following:
                follower.follow()
            await follower.heard([id_ for owner, id_ in last.items() if follower.listed in (owner, EVERYONE)])
            await follower.cut()

    def _some(self) -> str:
        return self.random.choice(self._threads)

    def _title(self) -> str:
        return f"title {self.random.randrange(10**6)}"

    async def _made(self) -> None:
        owner = self.random.choice(OWNERS)
        self._threads.append((await self._weft.threads.create(user_id=owner, title=self._title())).id)

    async def _renamed(self) -> None:
        await self._weft.threads.update(self._some(), {"title": self._title()})

    async def _put_away(self) -> None:
        await self._weft.threads.update(self._some(), {"status": self.random.choice(list(ThreadStatus))})

    async def _given(self) -> None:
        await self._weft.threads.update(self._some(), {"user_id": self.random.choice(OWNERS)})

    async def _deleted(self) -> None:
        thread_id = self._some()
        self._threads.remove(thread_id)
        await self._weft.threads.delete(thread_id)

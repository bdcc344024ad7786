"""A thread that is followed: its messages as they are now, and what a person can do in it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from weft_client.api.client import Api
from weft_client.api.enums import ToolState
from weft_client.api.fragments import Thread
from weft_client.feed import Feed
from weft_client.messages import Message, ToolPart
from weft_client.status import Status
from weft_client.store import ThreadStore
from weft_client.thread_actions import ThreadActions
from weft_client.transport import Transport


@dataclass(frozen=True, slots=True)
class View:
    """A thread at one moment. `trouble`: why it is being reconnected, or failed; None while all is well."""

    messages: tuple[Message, ...]
    status: Status
    trouble: Exception | None
    thread: Thread | None
    has_older: bool
    is_answering: bool
    is_waiting: bool


class LiveThread(ThreadActions):
    """Follows while it is iterated, or while its `async with` block runs; between them it keeps what it knows.

    `async for message in thread` gives every message, the oldest first, and each again whenever it has changed. A
    reader who is slow gets the newest state of each, not all states between. The iteration ends when the thread is
    deleted or the client closed, and raises what trying again cannot mend: NotFoundError, ForbiddenError and others.
    """

    def __init__(self, transport: Transport, thread_id: str) -> None:
        super().__init__(Api(transport), ThreadStore(thread_id))
        self._feed = Feed(transport, self._store, self._tell)
        self._task: asyncio.Task[None] | None = None
        self._followers = 0
        self._watchers: set[asyncio.Event] = set()
        self._status = Status.IDLE
        self._trouble: Exception | None = None

    # ---------------------------------------------------------------- what is known
    @property
    def status(self) -> Status:
        """How it stands to its server."""
        return self._status

    @property
    def trouble(self) -> Exception | None:
        """Why it is being reconnected, or failed; None while all is well."""
        return self._trouble

    @property
    def thread(self) -> Thread | None:
        """Its title and so on; None before the first read."""
        return self._store.thread

    @property
    def has_older(self) -> bool:
        """Whether `load_older` would bring more."""
        return self._store.has_older

    @property
    def is_answering(self) -> bool:
        """Whether an answer is being made: there is something to stop."""
        return self._store.is_answering

    @property
    def is_waiting(self) -> bool:
        """Whether an answer waits for a person to decide or to answer a tool call."""
        return self._store.is_waiting

    @property
    def pending_calls(self) -> tuple[ToolPart, ...]:
        """The tool calls shown that wait for `approve` or `deny`."""
        calls = (call for message in self.messages for call in message.tool_calls)
        return tuple(call for call in calls if call.state is ToolState.APPROVAL_REQUESTED)

    @property
    def view(self) -> View:
        """All of it at this moment."""
        store = self._store
        return View(
            store.messages(),
            self._status,
            self._trouble,
            store.thread,
            store.has_older,
            store.is_answering,
            store.is_waiting,
        )

    # ---------------------------------------------------------------- following
    async def __aenter__(self) -> Self:
        """Follows from here on, without waiting for anything; `ready` waits for the messages."""
        self._follow()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._unfollow()

    async def __aiter__(self) -> AsyncGenerator[Message, None]:
        seen: dict[str, Message] = {}
        async with aclosing(self.updates()) as views:
            async for view in views:
                before, seen = seen, {message.identity: message for message in view.messages}
                for name, message in seen.items():
                    if before.get(name) is not message:
                        yield message

    async def updates(self) -> AsyncGenerator[View, None]:
        """The whole thread, whenever anything of it has changed, its status too. Ends and raises as the iteration."""
        changed = asyncio.Event()
        async with self._watched(changed):
            last: View | None = None
            while True:
                changed.clear()
                ended = self._task is None or self._task.done()
                if (view := self.view) != last:
                    last = view
                    yield view
                if ended:
                    break
                await changed.wait()
            if self._status is Status.FAILED and self._trouble is not None:
                raise self._trouble

    async def ready(self) -> Self:
        """Returns when the thread was read; a server that is down is waited for. Raises as the iteration."""
        async with aclosing(self.updates()) as views:
            async for view in views:
                if view.thread is not None:
                    break
        return self

    async def load_older(self) -> bool:
        """Reads the page before the first message. Whether there is still more."""
        if self._store.has_older:
            await self._feed.load_older()
            self._wake()
        return self._store.has_older

    async def close(self) -> None:
        """Ends the following and what is being sent. The client does it too, when it is closed."""
        await asyncio.gather(*(sending.close() for sending in self.sendings))
        await self._stop_following(Status.CLOSED)

    @asynccontextmanager
    async def _watched(self, changed: asyncio.Event) -> AsyncGenerator[None]:
        self._watchers.add(changed)
        self._follow()
        try:
            yield
        finally:
            self._watchers.discard(changed)
            await self._unfollow()

    def _follow(self) -> None:
        self._followers += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name=f"weft thread {self.id}")
            self._tell(Status.CONNECTING, None)

    async def _unfollow(self) -> None:
        self._followers -= 1
        if self._followers == 0:
            await self._stop_following(Status.IDLE)

    async def _stop_following(self, status: Status) -> None:
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._tell(status, None)

    async def _run(self) -> None:
        try:
            await self._feed.run()
            self._tell(Status.DELETED, None)
        except Exception as error:  # told to everybody who iterates
            self._tell(Status.FAILED, error)
        finally:
            asyncio.get_running_loop().call_soon(self._wake)

    def _tell(self, status: Status, trouble: Exception | None) -> None:
        self._status, self._trouble = status, trouble
        self._wake()

    def _wake(self) -> None:
        for changed in self._watchers:
            changed.set()

"""What one viewer may do, asked of a thread before anything in it is read or written.

A thread that a viewer may not see is not there: the error is the one of an id that names nothing.
"""

from collections.abc import Awaitable, Callable
from inspect import isawaitable

from weft.errors import not_found
from weft.storage.store import Store
from weft.subscriptions.reader import ReaderGuard
from weft.threads.quotas import Quota
from weft.threads.threads import Thread
from weft.threads.viewers import Action, Viewer, may_see

Authorize = Callable[[Viewer, Action, Thread], bool | Awaitable[bool | None] | None]
"""An application's own rule: True or False decides; None leaves it to the rule that a user sees their own threads."""


class Access:
    """For one request, or one operation of a socket: threads are looked up once."""

    def __init__(
        self, store: Store, viewer: Viewer, authorize: Authorize | None = None, *, generations: int = 0
    ) -> None:
        """`generations`: how many answers of the viewer may be under way at once; 0: as many as they like."""
        self.store = store
        self.viewer = viewer
        self.quota = Quota.of(viewer, generations)
        self._authorize = authorize
        self._known: dict[str, Thread] = {}

    async def allowed(self, thread: Thread, action: Action = Action.READ) -> bool:
        """Whether the viewer may do this with the thread."""
        if self._authorize is not None and not self.viewer.admin:
            answer = self._authorize(self.viewer, action, thread)
            decided = (await answer) if isawaitable(answer) else answer
            if decided is not None:
                return decided
        return may_see(self.viewer, thread)

    @property
    def asks(self) -> bool:
        """Whether the application has a rule of its own."""
        return self._authorize is not None and not self.viewer.admin

    @property
    def guard(self) -> "Guard":
        """Asked again for as long as somebody follows a thread."""
        return Guard(self)

    @property
    def in_threads_of_others(self) -> bool:
        """Whether a thread that was looked at is not the viewer's, but shown to them by the application's rule."""
        return not all(may_see(self.viewer, thread) for thread in self._known.values())

    async def sees(self, thread_id: str, action: Action = Action.READ) -> bool:
        """Whether there is such a thread for the viewer."""
        thread = self._known.get(thread_id) or await self.store.threads.get(thread_id)
        if thread is None or not await self.allowed(thread, action):
            return False
        self._known[thread_id] = thread
        return True

    async def require(self, thread_id: str, action: Action, *path: str) -> None:
        """Raises InputError when there is no such thread for the viewer."""
        if not await self.sees(thread_id, action):
            raise not_found("thread", thread_id, *path)


class Guard(ReaderGuard):
    """Whether a viewer may go on following a thread that has changed."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def at_once(self, thread: Thread) -> bool | None:
        """None: the application must be asked."""
        return None if self._access.asks else may_see(self._access.viewer, thread)

    async def allows(self, thread: Thread) -> bool:
        return await self._access.allowed(thread)

"""Threads as a caller makes, finds and changes them."""

from collections.abc import Mapping
from typing import Any

from weft.agents.branches import branch
from weft.agents.deletion.requests import Deletions
from weft.agents.limits import MAX_CLIENT_ID, MAX_TEXT, SIZES, Sizes, check_text
from weft.errors import InputError, not_found
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.storage.turn_pages import TurnPage
from weft.threads import ids
from weft.threads.clock import milliseconds_now, utc_now
from weft.threads.cursors import ListCursor
from weft.threads.paging import LivePage, Page, PageRequest
from weft.threads.threads import Thread, ThreadFilter, ThreadOrder, ThreadStatus

_STORED = {"title": "title", "summary": "summary", "status": "status", "user_id": "userId", "metadata": "metadata"}


class ThreadService:
    """`weft.threads`."""

    def __init__(self, store: Store, deletions: Deletions | None = None, sizes: Sizes = SIZES) -> None:
        self._store = store
        self._sizes = sizes
        self._deletions = deletions or Deletions(store)

    async def create(
        self,
        *,
        user_id: str | None = None,
        title: str | None = None,
        summary: str | None = None,
        metadata: Any = None,
        client_id: str | None = None,
        made_by: str | None = None,
    ) -> Thread:
        """A new thread; with a `client_id` that this user gave before, the thread it made then.

        `made_by`: the API key whose it is when it is nobody's.
        """
        self._check({"title": title, "summary": summary, "user_id": user_id, "metadata": metadata})
        check_text(client_id, MAX_CLIENT_ID, "input", "clientId")
        now = utc_now()
        thread = Thread(
            id=ids.new_id(ids.THREAD),
            user_id=user_id,
            title=title,
            summary=summary,
            status=ThreadStatus.ACTIVE,
            metadata=metadata,
            created_at=now,
            updated_at=now,
            last_message_at=None,
            seq=1,
            last_order=-1,
            made_by=made_by if user_id is None else None,
        )
        return await self._store.insert_thread(thread, client_id)

    async def update(self, thread_id: str, changes: Mapping[str, Any]) -> Thread:
        """Changes title, summary, status, user_id or metadata, each on its own; None clears.

        Raises:
            InputError: there is no such thread, or a value is too large or not allowed.
        """
        self._check(changes)
        if changes.get("status", ThreadStatus.ACTIVE) is None:
            raise InputError("status cannot be cleared; give ACTIVE or ARCHIVED", path=("input", "status"))
        fields = {_STORED[name]: value for name, value in changes.items()}

        async def work(change: Change) -> None:
            change.update_thread(**fields)
            change.thread_changed()

        if fields:
            await self._store.change(thread_id, work)
        return await self.require(thread_id, "input", "threadId")

    async def get(self, thread_id: str) -> Thread | None:
        return await self._store.threads.get(thread_id)

    async def by_client_id(self, user_id: str | None, client_id: str, made_by: str | None = None) -> Thread | None:
        """The thread that this user, or for nobody this API key, called so when it was made."""
        return await self._store.threads.by_client_id(user_id, made_by if user_id is None else None, client_id)

    async def get_with_page(self, thread_id: str, request: PageRequest) -> tuple[Thread, TurnPage] | None:
        """A thread and its newest or oldest UI messages, in one round trip; `request` has no cursors."""
        return await self._store.threads.get_with_page(thread_id, request)

    async def require(self, thread_id: str, *path: str) -> Thread:
        """Raises InputError when there is no such thread."""
        thread = await self.get(thread_id)
        if thread is None:
            raise not_found("thread", thread_id, *path)
        return thread

    async def page(self, narrowed: ThreadFilter, order: ThreadOrder, request: PageRequest) -> LivePage[Thread]:
        """Newest first, with the cursor to follow the list from.

        Raises:
            InputError: the filter asks for a user's and for nobody's threads at once.
        """
        if narrowed.anonymous and narrowed.user_id is not None:
            raise InputError("give userId or anonymous, not both", path=("filter", "anonymous"))
        cursor = ListCursor(narrowed.listed, milliseconds_now()).encode()
        page = await self._store.threads.page(narrowed, order, request)
        return LivePage(page.edges, page.has_next, page.has_previous, cursor)

    async def users(self, request: PageRequest) -> Page[str]:
        """Users that own threads, each once, ascending. Only forward: give `request` no `before` and no `last`."""
        return await self._store.threads.owners(request)

    async def branch(
        self, thread_id: str, *, up_to_and_including_message_id: str | None = None, title: str | None = None
    ) -> Thread:
        """A new thread with the history up to and including a message, or with all of it; the original stays.

        Messages keep their place in it and get ids of their own; messages not yet complete are left out. Owner, summary
        and metadata are the original's, and so is the title unless one is given.

        Raises:
            InputError: there is no such thread or message, or the message is not complete.
        """
        self._sizes.check_title(title, "input", "title")
        return await branch(self._store, thread_id, up_to_and_including_message_id, title)

    async def delete(self, thread_id: str) -> bool:
        """Removes the thread with everything in it; from now on nobody can write to it. Answers being given stop.

        False while a background deletion is still running: a large thread is cleaned up after the call. A thread that
        is not there, or not any more, is no error.

        Raises:
            InputError: the id is not one of a thread.
        """
        return await self._deletions.thread(thread_id)

    async def delete_user_data(self, user_id: str) -> bool:
        """Removes every thread that the user owns now, with everything in them, and revokes and removes their API keys.

        False while a background deletion is still running. A user without threads is no error.
        """
        await self._deletions.user(user_id)
        return not await self._deletions.of_user_under_way(user_id)

    def _check(self, values: Mapping[str, Any]) -> None:
        for name in ("title", "summary"):
            self._sizes.check_title(values.get(name), "input", name)
        check_text(values.get("user_id"), MAX_TEXT, "input", "userId")
        self._sizes.check_metadata(values.get("metadata"), "input", "metadata")

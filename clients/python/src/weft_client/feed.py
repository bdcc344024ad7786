"""Keeps a thread's store true: reads the thread, follows its events from exactly that moment, comes back after cuts.

A cut goes on at the cursor, so that no character is lost or comes twice; a resync reads again. What trying again may
mend is tried again for ever, ever more slowly; everything else is raised.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from pydantic import ValidationError

from weft_client.api.client import Api
from weft_client.api.operations import THREAD_EVENTS_GQL
from weft_client.api.thread_events import ThreadEvents
from weft_client.backoff import Backoff
from weft_client.errors import (
    InvalidInputError,
    NotFoundError,
    ProtocolError,
    ServerError,
    UnauthenticatedError,
    UnavailableError,
    WeftError,
)
from weft_client.status import Status
from weft_client.store import ThreadStore
from weft_client.transport import Transport

_CALM_SECONDS: Final = 5.0
"""A feed that ran this long was fine: what ends it is a new trouble."""
_FAILURES: Final = 5
"""So many internal errors of the server in a row are no passing trouble. So are two refusals of a fresh token."""


class Feed:
    """`run` ends when the thread is deleted, or raises. `tell` is called for every change, with the status."""

    def __init__(
        self, transport: Transport, store: ThreadStore, tell: Callable[[Status, WeftError | None], None]
    ) -> None:
        self._transport = transport
        self._api = Api(transport)
        self._store = store
        self._tell = tell
        settings = transport.settings
        self._page_size = settings.page_size
        self._backoff = Backoff(settings.first_wait, settings.longest_wait)
        self._loading = asyncio.Lock()
        self._fresh = False
        self._refused = 0
        self._failed = 0

    async def run(self) -> None:
        while not self._store.deleted:
            try:
                if self._store.cursor is None or self._store.resync is not None:
                    await self._read()
                await self._follow()
                if not self._store.deleted:
                    await self._again(None)
            except WeftError as error:
                if not self._may_pass(error):
                    raise
                await self._again(error)

    async def _read(self) -> None:
        """The newest page, and those before it as far back as the reader has gone."""
        store, oldest = self._store, self._store.oldest
        read = store.begin_read()
        page = await self._read_page()
        store.take_page(page, read)
        self._fresh = True
        while oldest is not None and store.has_older and (first := store.oldest) is not None and first > oldest:
            await self.load_older()
            if store.oldest == first:
                break

    async def _read_page(self) -> Any:
        try:
            page = await self._api.read_thread(self._store.thread_id, self._page_size)
        except ValidationError as error:
            raise _strange(error) from error
        if page is None:
            raise NotFoundError(f"There is no thread {self._store.thread_id} that you may see")
        return page

    async def load_older(self) -> None:
        """The page before the first message that is here."""
        store = self._store
        async with self._loading:
            before = store.older_cursor
            store.begin_older()
            thread = await self._api.list_ui_messages(store.thread_id, last=self._page_size, before=before)
            if thread is None:
                raise NotFoundError(f"There is no thread {store.thread_id} that you may see")
            store.take_older(before, [edge.node for edge in thread.ui_messages.edges], thread.ui_messages.page_info)

    async def _follow(self) -> None:
        """Returns when the thread was deleted, must be read again, or the server ended the subscription."""
        store, since = self._store, time.monotonic()
        variables = {"threadId": store.thread_id, "after": store.cursor}
        try:
            async with self._transport.subscription(THREAD_EVENTS_GQL, "ThreadEvents", variables) as events:
                self._refused = 0
                self._tell(Status.LIVE, None)
                async for data in events:
                    self._failed = 0
                    store.take_event(_event(data))
                    self._tell(Status.LIVE, None)
                    if store.deleted or store.resync is not None:
                        return
            store.resync = "the server ended the subscription"
        finally:
            if time.monotonic() - since > _CALM_SECONDS:
                self._backoff.reset()

    async def _again(self, error: WeftError | None) -> None:
        """The first resync is read at once; all else waits, ever longer."""
        wait = self._backoff.next()
        at_once = error is None and self._backoff.attempts == 1
        if error is not None:
            self._tell(Status.RECONNECTING, error)
        if self._store.cursor is not None:
            self._fresh = False
        await asyncio.sleep(0 if at_once else wait)

    def _may_pass(self, error: WeftError) -> bool:
        match error:
            case UnavailableError():
                return True
            case UnauthenticatedError():
                self._refused += 1
                return self._transport.renewable and self._refused < 2
            case ServerError(code="INTERNAL"):
                self._failed += 1
                return self._failed < _FAILURES
            case InvalidInputError() if not self._fresh:
                self._store.cursor = (
                    None  # a cursor that the server does not know: that of another store, or a lost one
                )
                return True
            case _:
                return False


def _event(data: dict[str, Any]) -> ThreadEvents:
    try:
        return ThreadEvents.model_validate(data)
    except ValidationError as error:
        raise _strange(error) from error


def _strange(error: ValidationError) -> ProtocolError:
    where = ".".join(str(step) for step in error.errors()[0]["loc"])
    return ProtocolError(
        f"The server's answer is not of the schema that this client knows (at {where}): update weft-client"
    )

"""Threads: made, read, listed, changed, branched and deleted."""

from collections.abc import AsyncGenerator
from typing import Any

from weft_client.api.base_model import UNSET, UnsetType
from weft_client.api.client import Api
from weft_client.api.enums import ThreadOrder, ThreadStatus
from weft_client.api.fragments import Thread, Usage
from weft_client.api.input_types import (
    BranchThreadInput,
    CreateThreadInput,
    DeleteThreadInput,
    DeleteUserDataInput,
    ThreadFilter,
    UpdateThreadInput,
)
from weft_client.errors import NotFoundError, ProtocolError
from weft_client.given import given, lean
from weft_client.messages import ToolPart
from weft_client.page import LivePage, Page, every, page_of
from weft_client.reading import tool_part_of


class Threads:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def create(
        self,
        *,
        title: str | None = None,
        user_id: str | UnsetType | None = UNSET,
        summary: str | None = None,
        metadata: Any = None,
        client_id: str | None = None,
    ) -> Thread:
        """A new thread, the caller's unless `user_id` says otherwise, nobody's if that is None.

        `client_id` makes it safe to repeat: the first thread is given back.
        """
        input = lean(CreateThreadInput(title=title, summary=summary, metadata=metadata, client_id=client_id))
        if not isinstance(user_id, UnsetType):
            input.user_id = user_id
        return _there((await self._api.create_thread(input)).thread)

    async def get(self, thread_id: str) -> Thread:
        """Raises NotFoundError if there is none that may be seen."""
        thread = await self._api.get_thread(thread_id)
        if thread is None:
            raise missing(thread_id)
        return thread

    async def usage(self, thread_id: str) -> Usage:
        """Tokens that all answers ever given in it have used, and what they cost."""
        thread = await self._api.thread_usage(thread_id)
        if thread is None:
            raise missing(thread_id)
        return thread.usage

    async def page(
        self,
        *,
        filter: ThreadFilter | None = None,
        order_by: ThreadOrder = ThreadOrder.CREATED,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> LivePage[Thread]:
        """Threads, the newest first; 50 unless `first` or `last` says otherwise, up to 100."""
        kept = None if filter is None else lean(filter)
        found = await self._api.list_threads(kept, order_by, first, after, last, before)
        info, nodes = found.page_info, tuple(edge.node for edge in found.edges)
        ends = info.has_next_page, info.has_previous_page, info.start_cursor, info.end_cursor
        return LivePage(nodes, *ends, found.cursor)

    def all(
        self, *, filter: ThreadFilter | None = None, order_by: ThreadOrder = ThreadOrder.CREATED
    ) -> AsyncGenerator[Thread, None]:
        """Every thread, the newest first, read page by page."""

        async def read(after: str | None) -> Page[Thread]:
            return await self.page(filter=filter, order_by=order_by, first=100, after=after)

        return every(read)

    def users(self) -> AsyncGenerator[str, None]:
        """Every user that owns threads, ascending."""

        async def read(after: str | None) -> Page[str]:
            found = await self._api.list_users(100, after)
            return page_of((edge.node for edge in found.edges), found.page_info)

        return every(read)

    async def update(
        self,
        thread_id: str,
        *,
        title: str | UnsetType | None = UNSET,
        summary: str | UnsetType | None = UNSET,
        status: ThreadStatus | UnsetType = UNSET,
        user_id: str | UnsetType | None = UNSET,
        metadata: Any = UNSET,
    ) -> Thread:
        """What is left out stays; None clears."""
        fields = given(title=title, summary=summary, status=status, user_id=user_id, metadata=metadata)
        return _there((await self._api.update_thread(UpdateThreadInput(thread_id=thread_id, **fields))).thread)

    async def branch(
        self, thread_id: str, *, up_to_and_including_message_id: str | None = None, title: str | None = None
    ) -> Thread:
        """A new thread with a copy of the history, all of it or up to a stored message."""
        cut = up_to_and_including_message_id
        input = BranchThreadInput(thread_id=thread_id, up_to_and_including_message_id=cut, title=title)
        return _there((await self._api.branch_thread(lean(input))).thread)

    async def delete(self, thread_id: str) -> bool:
        """Gone at once for everybody. False while what it held is still being cleared away."""
        return (await self._api.delete_thread(DeleteThreadInput(thread_id=thread_id))).done

    async def delete_user_data(self, user_id: str) -> bool:
        """Every thread that a user owns. False while it is still being cleared away."""
        return (await self._api.delete_user_data(DeleteUserDataInput(user_id=user_id))).done

    async def pending_calls(self, thread_id: str) -> tuple[ToolPart, ...]:
        """The tool calls that wait for a person or the client, oldest first."""
        thread = await self._api.pending_approvals(thread_id)
        if thread is None:
            raise missing(thread_id)
        return tuple(tool_part_of(call) for call in thread.pending_approvals)


def missing(thread_id: str) -> NotFoundError:
    return NotFoundError(f"There is no thread {thread_id} that you may see")


def _there(thread: Thread | None) -> Thread:
    if thread is None:
        raise ProtocolError("The server sent neither a thread nor an error")
    return thread

"""Stored messages: sent, saved, read, searched, changed, rated and deleted."""

from collections.abc import Sequence
from typing import Any

from weft_client.api.base_model import UNSET, UnsetType
from weft_client.api.client import Api
from weft_client.api.enums import MessageStatus
from weft_client.api.fragments import StoredMessage
from weft_client.api.input_types import (
    DeleteMessageRangeInput,
    DeleteMessagesInput,
    MessageInput,
    RateMessageInput,
    SaveMessagesInput,
    SearchMessagesInput,
    SendMessageInput,
    UpdateMessageInput,
)
from weft_client.api.search_messages import SearchMessagesSearchMessages as MessageHit
from weft_client.api.send_message import SendMessageSendMessage as SentMessage
from weft_client.errors import NotFoundError, ProtocolError
from weft_client.given import given, lean
from weft_client.messages import Message
from weft_client.page import Page, page_of
from weft_client.reading import message_of
from weft_client.rooms.threads import missing


class Messages:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def send(self, input: SendMessageInput) -> SentMessage:
        """One send without a live thread: `sent_message`, `generation` and the `cursor` behind it."""
        return await self._api.send_message(lean(input))

    async def get(self, message_id: str) -> StoredMessage:
        """One stored row. Raises NotFoundError."""
        message = await self._api.get_message(message_id)
        if message is None:
            raise NotFoundError(f"There is no message {message_id} that you may see")
        return message

    async def page(
        self,
        thread_id: str,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        exclude_tool_messages: bool = False,
        statuses: Sequence[MessageStatus] | None = None,
        up_to_and_including_message_id: str | None = None,
    ) -> Page[StoredMessage]:
        """Stored rows, oldest first; the newest 50 unless said otherwise, up to 100."""
        kept = None if statuses is None else list(statuses)
        thread = await self._api.list_messages(
            thread_id,
            first,
            after,
            last,
            before,
            exclude_tool_messages,
            kept,
            up_to_and_including_message_id,
        )
        if thread is None:
            raise missing(thread_id)
        return page_of((edge.node for edge in thread.messages.edges), thread.messages.page_info)

    async def ui_page(
        self,
        thread_id: str,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Page[Message]:
        """What a screen shows, oldest first; the newest 50 unless said otherwise. A page never cuts a turn in two."""
        thread = await self._api.list_ui_messages(thread_id, first, after, last, before)
        if thread is None:
            raise missing(thread_id)
        found = thread.ui_messages
        return page_of((message_of(edge.node) for edge in found.edges), found.page_info)

    async def save(
        self, thread_id: str, messages: Sequence[MessageInput], *, agent_name: str | None = None, **more: Any
    ) -> list[StoredMessage]:
        """Saves messages that no agent wrote, all or none. `more`: the other fields of SaveMessagesInput."""
        rows = [lean(message) for message in messages]
        input = SaveMessagesInput(thread_id=thread_id, messages=rows, agent_name=agent_name, **more)
        return (await self._api.save_messages(lean(input))).messages

    async def update(
        self,
        message_id: str,
        *,
        content: Any = UNSET,
        status: MessageStatus | UnsetType = UNSET,
        error: str | UnsetType | None = UNSET,
        metadata: Any = UNSET,
    ) -> StoredMessage:
        """Changes a stored row. What is left out stays; None clears."""
        fields = given(content=content, status=status, error=error, metadata=metadata)
        return _there(
            (await self._api.update_message(UpdateMessageInput(message_id=message_id, **fields))).saved_message
        )

    async def rate(self, message_id: str, rating: int | None, comment: str | None = None) -> StoredMessage:
        """-1, 0 or 1; None takes the rating back."""
        input = RateMessageInput(message_id=message_id, rating=rating, comment=comment)
        return _there((await self._api.rate_message(input)).saved_message)

    async def delete(self, *message_ids: str) -> list[str]:
        """The rows really deleted; ids that name nothing are skipped."""
        return (await self._api.delete_messages(DeleteMessagesInput(message_ids=list(message_ids)))).deleted_ids

    async def delete_range(
        self,
        thread_id: str,
        *,
        start_order: int,
        end_order: int,
        start_step_order: int | None = None,
        end_step_order: int | None = None,
    ) -> bool:
        """From a place, inclusive, to a place, exclusive. False while it is still going on."""
        input = DeleteMessageRangeInput(
            thread_id=thread_id,
            start_order=start_order,
            start_step_order=start_step_order,
            end_order=end_order,
            end_step_order=end_step_order,
        )
        return (await self._api.delete_message_range(lean(input))).done

    async def search(
        self, query: str, *, thread_id: str | None = None, user_id: str | None = None, **more: Any
    ) -> list[MessageHit]:
        """By words, by meaning, or both, the best first. `more`: the other fields of SearchMessagesInput."""
        input = SearchMessagesInput(query=query, thread_id=thread_id, user_id=user_id, **more)
        return await self._api.search_messages(lean(input))


def _there(message: StoredMessage | None) -> StoredMessage:
    if message is None:
        raise ProtocolError("The server sent neither a message nor an error")
    return message

"""Threads. `cursor`, `streams` and `uiMessages` of one Thread object speak of one moment."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from weft.schema.context import Info
from weft.schema.enums import describe
from weft.schema.fields import computed
from weft.schema.generations import Generation
from weft.schema.messages import Message, MessagePosition
from weft.schema.node import Node
from weft.schema.once import Once
from weft.schema.paging import After, Before, Connection, First, Last, connection_as, connection_of
from weft.schema.scalars import Json
from weft.schema.streams import Stream
from weft.schema.tool_parts import ToolPart
from weft.schema.ui_messages import UIMessage
from weft.schema.usage import Usage
from weft.storage.turn_pages import TurnPage
from weft.threads import threads
from weft.threads.messages import MessageStatus
from weft.threads.paging import LivePage, PageRequest
from weft.threads.streams import StreamState
from weft.threads.threads import ThreadOrder, ThreadStatus
from weft.threads.ui_messages import with_streams

if TYPE_CHECKING:
    from weft.agents.streams import Moment

describe(
    ThreadStatus,
    "Whether a thread is in use. Weft itself treats both alike.",
    ACTIVE="In use.",
    ARCHIVED="Put away by its user.",
)
describe(
    ThreadOrder,
    "How threads are sorted. The newest always comes first.",
    CREATED="By the time they were created.",
    LAST_MESSAGE="By the time of their last message; those without one by the time they were created.",
)

_LIVE = [StreamState.STREAMING]

FirstPage = tuple[PageRequest, TurnPage]
"""A page of UI messages, and what it was asked for with."""

ExcludeToolMessages = Annotated[
    bool | None, strawberry.argument(description="True leaves out tool rows and rows that call tools.")
]
Statuses = Annotated[
    list[MessageStatus] | None, strawberry.argument(description="Only rows in these states; null for any.")
]
UpTo = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only rows up to the end of the turn that this message of the thread is in."),
]
StartOrder = Annotated[int | None, strawberry.argument(description="Only streams of turns from this number on.")]
States = Annotated[
    list[StreamState] | None, strawberry.argument(description="Only streams in these states; null for any.")
]


@strawberry.type(description="An ordered conversation, owned by one user or by nobody.")
class Thread(Node):
    user_id: str | None = strawberry.field(description="Its owner, as the application names users; null if anonymous.")
    title: str | None = strawberry.field(description="What a list of threads calls it; null if it has none.")
    summary: str | None = strawberry.field(description="What it is about; null if nobody has said.")
    status: ThreadStatus = strawberry.field(description="Whether it is in use.")
    metadata: Json | None = strawberry.field(description="Free for the application; at most 16 KiB. Null if not set.")
    branched_from: MessagePosition | None = strawberry.field(
        description="On a branch, where it was cut: the place of the last message copied into it. Null otherwise."
    )
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it last changed, `lastMessageAt` included.")
    last_message_at: datetime | None = strawberry.field(
        description="When a message was last sent or an answer last ended; null in an empty thread."
    )
    usage: Usage = strawberry.field(description="Tokens that all answers ever given in it have used.")
    value: strawberry.Private[threads.Thread]
    moment: strawberry.Private["Once[Moment]"]
    page: strawberry.Private[FirstPage | None]

    @computed(
        "What a client passes to `threadEvents(after:)` to continue from exactly this moment, "
        "with the `uiMessages` and `streams` it read here."
    )
    async def cursor(self, info: Info) -> str:
        return (await self._moment(info)).cursor

    @computed(
        "What a screen shows, newest turn last. Without arguments the newest 50; `last` with `before` "
        "loads older ones. A page never cuts a turn in two, so it may hold somewhat more than asked for."
    )
    async def ui_messages(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[UIMessage]:
        request = PageRequest.of(first, after, last, before, newest=True)
        if self.page is not None and self.page[0] == request:
            page = self.page[1]
        else:
            page = await info.context.weft.messages.turn_page(self.value.id, request)
        if not page.pending:
            return connection_as(page, UIMessage)
        messages, live = page.page(), (await self._moment(info)).live
        return connection_as(messages.with_nodes(with_streams(messages.nodes, live)), UIMessage)

    @computed("The stored rows, oldest first. Without arguments the newest 50.")
    async def messages(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        exclude_tool_messages: ExcludeToolMessages = False,
        statuses: Statuses = None,
        up_to_and_including_message_id: UpTo = None,
    ) -> Connection[Message]:
        page = await info.context.weft.messages.page(
            self.value.id,
            PageRequest.of(first, after, last, before, newest=True),
            statuses=statuses,
            exclude_tool=bool(exclude_tool_messages),
            up_to_message_id=up_to_and_including_message_id,
        )
        return connection_of(page, Message.of)

    @computed(
        "Streams of this thread in the order of their turns: by default those being written. "
        "Of those that have ended, the newest 100 at most."
    )
    async def streams(self, info: Info, start_order: StartOrder = 0, states: States = _LIVE) -> list[Stream]:
        wanted = set(StreamState) if states is None else set(states)
        start = start_order or 0
        found = await self._live_streams(info, start) if StreamState.STREAMING in wanted else []
        if ended := wanted - {StreamState.STREAMING}:
            shown = {stream.id for stream in found}
            rows = await info.context.weft.streams.page(self.value.id, start, ended)
            found += [Stream.of(row) for row in rows if row.id not in shown]
        return sorted(found, key=lambda stream: (stream.order, stream.step_order, stream.id))

    @computed("Requests to answer, oldest first. Without arguments the oldest 50.")
    async def generations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Generation]:
        request = PageRequest.of(first, after, last, before)
        return connection_of(await info.context.weft.generations.page(self.value.id, request), Generation.of)

    @computed("The tool calls that wait for a person or the client, oldest first.")
    async def pending_approvals(self, info: Info) -> list[ToolPart]:
        return [ToolPart.of(part) for part in await info.context.weft.approvals.pending(self.value.id)]

    async def _live_streams(self, info: Info, start_order: int) -> list[Stream]:
        live = (await self._moment(info)).live
        return [Stream.of(one.stream, one) for one in live if one.stream.order >= start_order]

    async def _moment(self, info: Info) -> "Moment":
        return await self.moment.get(lambda: info.context.weft.streams.moment(self.value))

    @classmethod
    def of(cls, value: threads.Thread, page: FirstPage | None = None) -> "Thread":
        """`page` is one of its UI messages that is at hand already."""
        return cls(
            id=strawberry.ID(value.id),
            user_id=value.user_id,
            title=value.title,
            summary=value.summary,
            status=value.status,
            metadata=value.metadata,
            branched_from=None if value.branched_from is None else MessagePosition.of(value.branched_from),
            created_at=value.created_at,
            updated_at=value.updated_at,
            last_message_at=value.last_message_at,
            usage=Usage.of(value.usage),
            value=value,
            moment=Once(),
            page=page,
        )


@strawberry.type(description="One page of items, always in the connection's own order.")
class ThreadConnection(Connection[Thread]):
    cursor: str = strawberry.field(
        description="What a client passes to `threadListEvents(after:)` to continue from exactly this moment: nothing "
        "that happens after the page was read is missed. It is of the whole list that `filter.userId` or "
        "`filter.anonymous` name, whatever the title and the status: the events tell of all its threads. "
        "Of several pages, the cursor of the one that was read first."
    )


def thread_connection_of(page: LivePage[threads.Thread]) -> ThreadConnection:
    """The connection that shows a page of threads."""
    return cast(ThreadConnection, page.with_nodes(list(map(Thread.of, page.nodes))))

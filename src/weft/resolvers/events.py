"""What happens, live. The source registers first, replays what was missed, then follows."""

from collections.abc import AsyncIterator
from typing import Annotated

import strawberry

from weft.resolvers.live import LiveSource
from weft.schema.context import Info
from weft.schema.events import ThreadEvent, ThreadListEvent, thread_event, thread_list_event

ThreadId = Annotated[strawberry.ID, strawberry.argument(description="The thread to follow.")]
UserId = Annotated[
    str | None, strawberry.argument(description="Whose threads to follow; absent or null for those without an owner.")
]
Everyone = Annotated[
    bool,
    strawberry.argument(
        description="True follows all threads that the viewer may list, whoever owns them, as `threads` without a user "
        "lists them; `userId` is not looked at."
    ),
]
AfterEvent = Annotated[
    str | None,
    strawberry.argument(
        description="`Thread.cursor` or any event's `cursor`: first comes what was missed since, then what happens."
    ),
]
AfterListEvent = Annotated[
    str | None,
    strawberry.argument(
        description="`ThreadConnection.cursor` of the same list, or any event's `cursor`: first comes what was missed "
        "since, then what happens. What shortly precedes it may be told again."
    ),
]


async def thread_events(info: Info, thread_id: ThreadId, after: AfterEvent = None) -> AsyncIterator[ThreadEvent]:
    return LiveSource(await info.context.weft.feeds.thread(thread_id, after), thread_event)


async def thread_list_events(
    info: Info, user_id: UserId = None, after: AfterListEvent = None, everyone: Everyone = False
) -> AsyncIterator[ThreadListEvent]:
    reader = await info.context.weft.feeds.thread_list(user_id, after, everyone=everyone)
    return LiveSource(reader, thread_list_event)

"""What subscriptions deliver. Rendering is pure, so that one rendering serves every viewer."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import strawberry

from weft.schema.generations import Generation
from weft.schema.streams import Stream, StreamDelta
from weft.schema.threads import Thread
from weft.schema.ui_messages import UIMessage
from weft.threads import events
from weft.threads.streams import StreamState


@strawberry.interface(description="Something that happened.")
class Event:
    cursor: str = strawberry.field(
        description="Names the moment just after this event: pass it as `after` to continue from here."
    )


@strawberry.type(description="A message appeared or changed. It replaces any message with the same key.")
class MessageSaved(Event):
    ui_message: UIMessage = strawberry.field(description="The message as it is now.")


@strawberry.type(description="Messages are gone.")
class MessageRemoved(Event):
    keys: list[str] = strawberry.field(description="The keys they had.")


@strawberry.type(description="A message begins to be written, or a reader without `after` learns that one is.")
class StreamStarted(Event):
    stream: Stream = strawberry.field(description="The stream; its `end` is where the following deltas start.")


@strawberry.type(description="More of a message was written.")
class StreamAdvanced(Event):
    delta: StreamDelta = strawberry.field(description="What was added. Neighbouring deltas may arrive joined.")


@strawberry.type(
    description="A stream is over. FINISHED comes right after its `MessageSaved`, never before it: no flicker."
)
class StreamEnded(Event):
    stream_id: strawberry.ID = strawberry.field(description="The stream.")
    key: str = strawberry.field(description="The key of its message.")
    state: StreamState = strawberry.field(description="FINISHED or ABORTED.")
    abort_reason: str | None = strawberry.field(description="Why it was stopped; null if it finished.")


@strawberry.type(description="A generation was queued, taken up, or ended.")
class GenerationChanged(Event):
    generation: Generation = strawberry.field(description="The generation as it is now.")


@strawberry.type(description="A thread appeared, or one of its own fields changed.")
class ThreadChanged(Event):
    thread: Thread = strawberry.field(description="The thread as it is now.")


@strawberry.type(
    description="A thread is gone; from a list of threads also when it is another user's now. Nothing follows in its "
    "own subscription; that of a list goes on."
)
class ThreadDeleted(Event):
    thread_id: strawberry.ID = strawberry.field(description="The id it had.")


@strawberry.type(
    description="The cursor is too old, or this reader was too slow. The last event: read the thread, or the "
    "list, again and subscribe with its cursor."
)
class ResyncRequired(Event):
    reason: str = strawberry.field(description="What was the matter, for people.")


ThreadEvent = Annotated[
    MessageSaved
    | MessageRemoved
    | StreamStarted
    | StreamAdvanced
    | StreamEnded
    | GenerationChanged
    | ThreadChanged
    | ThreadDeleted
    | ResyncRequired,
    strawberry.union("ThreadEvent", description="Something that happened in a thread."),
]

ThreadListEvent = Annotated[
    ThreadChanged | ThreadDeleted | ResyncRequired,
    strawberry.union("ThreadListEvent", description="Something that happened to a user's list of threads."),
]


def _stream_ended(event: events.StreamEnded, cursor: str) -> StreamEnded:
    return StreamEnded(
        cursor=cursor,
        stream_id=strawberry.ID(event.stream_id),
        key=event.key,
        state=event.state,
        abort_reason=event.abort_reason,
    )


_RENDERINGS: Final[dict[type[events.LiveEvent], Callable[[Any, str], ThreadEvent]]] = {
    events.MessageSaved: lambda e, at: MessageSaved(cursor=at, ui_message=UIMessage.of(e.ui_message)),
    events.MessageRemoved: lambda e, at: MessageRemoved(cursor=at, keys=list(e.keys)),
    events.StreamStarted: lambda e, at: StreamStarted(cursor=at, stream=Stream.of(e.live.stream, e.live)),
    events.StreamEnded: _stream_ended,
    events.GenerationChanged: lambda e, at: GenerationChanged(cursor=at, generation=Generation.of(e.generation)),
    events.ThreadChanged: lambda e, at: ThreadChanged(cursor=at, thread=Thread.of(e.thread)),
    events.ThreadDeleted: lambda e, at: ThreadDeleted(cursor=at, thread_id=strawberry.ID(e.thread_id)),
    events.ThreadGone: lambda e, at: ThreadDeleted(cursor=at, thread_id=strawberry.ID(e.thread_id)),
    events.ResyncRequired: lambda e, at: ResyncRequired(cursor=at, reason=e.reason),
}


def thread_event(item: events.Item) -> ThreadEvent:
    """The API's picture of an item of a thread."""
    if isinstance(item.event, events.StreamAdvanced):
        return StreamAdvanced(cursor=item.cursor, delta=StreamDelta.of(item.event.delta, item.start_seq))
    return _RENDERINGS[type(item.event)](item.event, item.cursor)


def thread_list_event(item: events.Item) -> ThreadListEvent:
    """The API's picture of an item of a list of threads.

    Raises:
        TypeError: nothing of this kind happens to a list.
    """
    event = thread_event(item)
    if not isinstance(event, ThreadChanged | ThreadDeleted | ResyncRequired):
        raise TypeError(f"{type(item.event).__name__} does not happen to a list of threads")
    return event

"""What happens in a thread. Stored events are small and point at rows; live events carry the values a viewer needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from weft.threads.generations import Generation
from weft.threads.streams import Delta, StreamState
from weft.threads.threads import Thread
from weft.threads.ui_messages import LiveStream, UIMessage


class EventKind(StrEnum):
    MESSAGE_SAVED = "message_saved"
    MESSAGE_REMOVED = "message_removed"
    STREAM_STARTED = "stream_started"
    STREAM_ENDED = "stream_ended"
    GENERATION_CHANGED = "generation_changed"
    THREAD_CHANGED = "thread_changed"
    THREAD_DELETED = "thread_deleted"


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """Number `seq` of its thread. `refs` holds ids and what cannot be read later; `user_id` is the thread's."""

    thread_id: str
    seq: int
    kind: EventKind
    refs: Mapping[str, Any]
    user_id: str | None
    at: datetime


Change = StoredEvent | Delta
"""One entry of a thread's log, in commit order."""


@dataclass(frozen=True, slots=True)
class MessageSaved:
    ui_message: UIMessage


@dataclass(frozen=True, slots=True)
class MessageRemoved:
    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class StreamStarted:
    live: LiveStream


@dataclass(frozen=True, slots=True)
class StreamAdvanced:
    delta: Delta


@dataclass(frozen=True, slots=True)
class StreamEnded:
    stream_id: str
    key: str
    state: StreamState
    abort_reason: str | None


@dataclass(frozen=True, slots=True)
class GenerationChanged:
    generation: Generation


@dataclass(frozen=True, slots=True)
class ThreadChanged:
    thread: Thread


@dataclass(frozen=True, slots=True)
class ThreadDeleted:
    thread_id: str


@dataclass(frozen=True, slots=True)
class ThreadGone:
    """A thread is in a list no longer: it was deleted, or is another user's. More of the list follows."""

    thread_id: str


@dataclass(frozen=True, slots=True)
class ResyncRequired:
    reason: str


LiveEvent = (
    MessageSaved
    | MessageRemoved
    | StreamStarted
    | StreamAdvanced
    | StreamEnded
    | GenerationChanged
    | ThreadChanged
    | ThreadDeleted
    | ThreadGone
    | ResyncRequired
)


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A live event and the cursor just after it. Shared by all readers of the topic; compared by identity.

    `seq` is the number of the last event up to here: of this one, or before this delta. `start_seq` is, of a delta, the
    number of the event that started its stream.
    """

    event: LiveEvent
    cursor: str
    seq: int = 0
    start_seq: int = 0


class HistoryLost(Exception):
    """The feed has a gap: what happened in between can only be read from the store."""

"""A deletion that may outlast the call that asked for it: one durable job."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from weft.threads.messages import Message
from weft.threads.positions import START, Position
from weft.threads.ui_messages import UIMessage, ui_messages


class DeletionKind(StrEnum):
    THREAD = "thread"
    """What a deleted thread leaves behind: rows, vectors, streams, deltas, generations and its events."""

    USER = "user"
    """The threads a user owned, and the API keys they had, when asked."""

    RANGE = "range"
    """Rows of a thread from `start` up to, but not including, `end`."""

    REMAINS = "remains"
    """Streams, deltas and generations of rows that are gone."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """The job. `stream_ids` of a thread are those that were being written to when it went.

    `settling`: all is gone, but a writer that has not heard of it yet may still add deltas to those streams.
    """

    id: str
    kind: DeletionKind
    created_at: datetime
    thread_id: str | None = None
    user_id: str | None = None
    tombstone: int = 0
    """The number of the event that tells that the thread is gone: the only one that stays."""

    stream_ids: Sequence[str] = ()
    generation_ids: Sequence[str] = ()
    start: Position = START
    end: Position = START
    settling: bool = False
    erasure_id: str | None = None
    """The receipt that what is removed is counted on."""


def screen_changes(rows: Sequence[Message], removed: Collection[str]) -> tuple[list[str], list[UIMessage]]:
    """What a screen that shows these rows must do when some go: keys that vanish, messages that change or appear."""
    before = {message.key: message for message in ui_messages(rows)}
    after = ui_messages(row for row in rows if row.id not in removed)
    kept = {message.key for message in after}
    changed = [message for message in after if before.get(message.key) != message]
    return [key for key in before if key not in kept], changed

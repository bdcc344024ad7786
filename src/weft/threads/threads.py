"""A thread: an ordered conversation, owned by a user or by nobody."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from weft.threads.cursors import EVERYONE, Listed
from weft.threads.positions import MessagePosition
from weft.threads.usage import NO_USAGE, Usage


class ThreadStatus(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"


class ThreadOrder(StrEnum):
    CREATED = "created"
    LAST_MESSAGE = "last_message"


@dataclass(frozen=True, slots=True)
class Thread:
    """`seq` numbers the thread's events; `last_order` is the greatest order ever given out, -1 in a new thread.

    `branched_from` is set on a branch: the place of the last message that was copied into it.
    `made_by` is, of a thread of nobody, the API key that made it, whose it is.
    `usage` is what all answers ever given in the thread have used; a branch starts at zero.
    """

    id: str
    user_id: str | None
    title: str | None
    summary: str | None
    status: ThreadStatus
    metadata: Any
    created_at: datetime
    updated_at: datetime
    last_message_at: datetime | None
    seq: int
    last_order: int
    branched_from: MessagePosition | None = None
    usage: Usage = NO_USAGE
    made_by: str | None = None


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """What a list of threads is narrowed to. `user_id` and `anonymous` exclude each other.

    `made_by`: of the threads of nobody only those of this API key. `title`: every word of it must be a word of the
    thread's title, whatever the case.
    """

    user_id: str | None = None
    anonymous: bool = False
    status: ThreadStatus | None = None
    title: str | None = None
    made_by: str | None = None

    @property
    def listed(self) -> Listed:
        """The list that it narrows by what a thread is like, not by whose it is."""
        return self.user_id if self.anonymous or self.user_id is not None else EVERYONE

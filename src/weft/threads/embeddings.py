"""Vectors that are to be made, those that are stored, and the way from one model to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

LONGEST_TEXT: Final = 10_000
"""Characters of a text that are embedded (behaviour.md row 158)."""


def embeddable(text: str) -> str:
    """What of a text is embedded; empty when it says nothing."""
    return text.strip()[:LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message whose vector is to be made. `text`: what is embedded of it. `attempts`: how often that has failed."""

    message_id: str
    thread_id: str
    agent_name: str | None
    text: str
    attempts: int


@dataclass(frozen=True, slots=True)
class StoredVector:
    message_id: str
    thread_id: str
    vector: Sequence[float]


@dataclass(frozen=True, slots=True)
class VectorPage:
    """Some vectors of a space, by message id. `after`: give it for the next page; None: this was the last."""

    vectors: Sequence[StoredVector]
    after: str | None


@dataclass(frozen=True, slots=True)
class Pending:
    """Of one model: how many vectors are to be made, and how many were given up, by the error's code."""

    waiting: int
    failed: int
    errors: Sequence[str] = ()


class MigrationState(StrEnum):
    """RUNNING: vectors of the new model are made beside the old. READY: all are there. SWITCHED: searches use the new.
    DELETING: the old ones are removed. DONE: there are only the new. CANCELLED: the old model stays.
    """

    RUNNING = "running"
    READY = "ready"
    SWITCHED = "switched"
    DELETING = "deleting"
    DONE = "done"
    CANCELLED = "cancelled"


BOTH: Final = frozenset((MigrationState.RUNNING, MigrationState.READY))
"""States in which new messages get vectors of both models."""
SWITCHED: Final = frozenset((MigrationState.SWITCHED, MigrationState.DELETING, MigrationState.DONE))
"""States in which the new model stands for the old one."""


@dataclass(frozen=True, slots=True)
class Migration:
    """`total`: messages with a vector of the old model when it began. `asked`: of how many the new vector was asked for
    so far. `removed`: how many old vectors are gone. `cursor`: the space and the message that were the last to be seen.
    """

    from_model: str
    to_model: str
    state: MigrationState
    total: int
    asked: int
    removed: int
    cursor: tuple[str, str] | None
    began_at: datetime
    changed_at: datetime

    @property
    def id(self) -> str:
        return migration_id(self.from_model, self.to_model)


def migration_id(from_model: str, to_model: str) -> str:
    return f"{from_model} > {to_model}"

"""A message's place: `order` counts turns, `step_order` the rows within one. Time never decides order."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a row or a UI message stands in its thread."""

    order: int
    step_order: int


START: Final = Position(0, 0)


@dataclass(frozen=True, slots=True)
class MessagePosition:
    """Where a row stands, and in which thread."""

    thread_id: str
    order: int
    step_order: int


def ui_key(thread_id: str, order: int, step_order: int) -> str:
    """`<threadId>-<order>-<stepOrder>`: the same while a message streams and after it is saved."""
    return f"{thread_id}-{order}-{step_order}"

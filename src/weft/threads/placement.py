"""Where a batch of new messages goes (behaviour.md rows 18–24): pure arithmetic on what is there already."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from weft.errors import InputError
from weft.threads.messages import MessageRole
from weft.threads.positions import Position

MAX_ORDER: Final = 2**31 - 2
"""The greatest order and step: both fit the API's Int, and so does the number after each."""


@dataclass(frozen=True, slots=True)
class Start:
    """The turn a batch begins in and the greatest step there, -1 when it is empty; `order` None: in no turn yet.

    With `keep_first` the first message goes there whatever its role; else a user message opens a turn of its own.
    """

    order: int | None
    last_step: int = -1
    keep_first: bool = False


def place(roles: Iterable[MessageRole], start: Start, last_order: int) -> list[Position]:
    """The positions of messages with these roles. `last_order` is the greatest order ever given out, -1 for none.

    Raises:
        InputError: an order or a step would exceed MAX_ORDER.
    """
    order, step, placed = start.order, start.last_step, list[Position]()
    for role in roles:
        stays = order is not None and (role is not MessageRole.USER or (start.keep_first and not placed))
        if not stays:
            last_order += 1
            order, step = last_order, -1
        assert order is not None
        step += 1
        last_order = max(last_order, order)
        placed.append(_checked(Position(order, step)))
    return placed


def _checked(position: Position) -> Position:
    for name, number in (("order", position.order), ("stepOrder", position.step_order)):
        if number > MAX_ORDER:
            raise InputError(f"{name} would exceed {MAX_ORDER}", path=("input", "order"))
    return position


def check_order(order: int, *path: str) -> None:
    """Raises InputError when a caller's order is not one."""
    if not 0 <= order <= MAX_ORDER:
        raise InputError(f"{path[-1]} is {order}; give 0 to {MAX_ORDER}", path=path)

"""Fields that are methods, with their types kept: strawberry's own decorator gives Any to the type checkers."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

F = TypeVar("F", bound=Callable[..., Any])


def computed(description: str) -> Callable[[F], F]:
    """Decorates a method of a type: it becomes a field, described by `description`."""
    return cast(Callable[[F], F], strawberry.field(description=description))

"""GraphQL types that are read off values of the domain as they are: what is shown most is not copied for it.

Such a type declares the fields and is never instantiated; the values have attributes of the same names.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T", bound=type[object])


class OfClasses:
    """A GraphQL type's `is_type_of` that goes by the class of the value alone."""

    def __init__(self, *classes: type[object]) -> None:
        self.classes: Final = frozenset(classes)

    def __call__(self, value: object, _: Any) -> bool:
        return value.__class__ in self.classes


def shows(*classes: type[object]) -> Callable[[T], T]:
    """Decorates a member of a union, below `strawberry.type`: values of these classes are shown as it."""

    def mark(cls: T) -> T:
        cls.is_type_of = OfClasses(*classes)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
        return cls

    return mark

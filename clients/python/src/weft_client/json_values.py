"""JSON that came from elsewhere: nothing about it is taken for granted."""

from typing import Any, TypeGuard


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def as_object(value: Any) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if is_object(value) else {}


def as_list(value: Any) -> list[Any]:
    """The list, or an empty one."""
    return value if is_list(value) else []

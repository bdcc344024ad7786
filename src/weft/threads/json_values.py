"""What kind of JSON value something is, for code that reads what anyone may have stored."""

from collections.abc import Sequence
from typing import Any, TypeGuard


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, list | tuple)


def string(value: dict[str, Any], name: str) -> str | None:
    """A field that is text, or None."""
    field = value.get(name)
    return field if isinstance(field, str) else None

"""Numbers of inputs, held against the ranges that make sense."""

from typing import Final, TypeVar

from weft.errors import InputError

N = TypeVar("N", int, float)

MAX_INT: Final = 2**31 - 1


def between(value: N | None, low: N, high: N, *path: str) -> N | None:
    """The value, if any. Raises InputError when it is out of its range; the path's last step is its name."""
    if value is None or low <= value <= high:
        return value
    legal = f"{low:g} or more" if high == MAX_INT else f"between {low:g} and {high:g}"
    raise InputError(f"{path[-1]} must be {legal}, not {value}", path=path)

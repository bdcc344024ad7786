"""A delta's text says when it was emitted and which one it is, so that any reader of the frame can tell its lag."""

import re

STAMP = re.compile(rb"@(\d{19})\.(\d{6})")
"""Nanoseconds since the epoch, by the machine's clock that all processes share, and a number from 0."""

_LENGTH = 27


def stamped(now: int, number: int, size: int) -> str:
    """A text of `size` ASCII characters, at least 28. It ends in a space, so that Weft holds no half word back."""
    return f"@{now}.{number:06d}" + " ".ljust(size - _LENGTH - 1, "x") + " "

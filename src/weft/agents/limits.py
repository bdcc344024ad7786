"""How large the things are that a caller may hand in."""

from typing import Any, Final

import orjson

from weft.errors import ErrorCode, InputError
from weft.threads import ids

MAX_PROMPT_BYTES: Final = 1024 * 1024
MAX_METADATA_BYTES: Final = 16 * 1024
MAX_CLIENT_ID: Final = 200
MAX_TITLE: Final = 2000


def check_text(value: str | None, limit: int, *path: str) -> None:
    """Raises InputError when a text has more than `limit` characters."""
    if value is not None and len(value) > limit:
        message = f"{path[-1]} has {len(value)} characters; the limit is {limit}"
        raise InputError(message, reason=ErrorCode.TOO_LARGE, path=path)


def check_json(value: Any, limit: int, *path: str) -> None:
    """Raises InputError when a value has more than `limit` bytes as JSON."""
    try:
        size = len(orjson.dumps(value))
    except TypeError:
        raise InputError(f"{path[-1]} cannot be written as JSON", path=path) from None
    if size > limit:
        message = f"{path[-1]} has {size} bytes as JSON; the limit is {limit}"
        raise InputError(message, reason=ErrorCode.TOO_LARGE, path=path)


def check_id(value: str, prefix: str, *path: str) -> None:
    """Raises InputError for an id that is known to name something of another type."""
    named = ids.mistaken(value, prefix)
    if named is not None:
        raise InputError(f"{value} is the id of {named}", path=path)

"""JSON in and out. orjson does it; the values it refuses (integers over 64 bits, lone surrogates) go the slow way."""

import json
from collections.abc import Mapping
from typing import Any, Final

import orjson

JSONObject = dict[str, Any]

DEEPEST: Final = 254
"""Lists and objects within each other: what can be read can be written, too."""


class TooDeepError(ValueError):
    """JSON that is nested more than it may be."""


def encode(value: Mapping[str, Any]) -> bytes:
    """The value as JSON. Raises TypeError or ValueError for what is no JSON value."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


def decode(text: str | bytes) -> Any:
    """Raises ValueError when it is not JSON, and TooDeepError when it is nested too much."""
    try:
        value = orjson.loads(text)
    except ValueError as error:
        raise (TooDeepError if "depth limit" in str(error) else ValueError)(str(error)) from None
    if _brackets(text) > DEEPEST:
        try:
            orjson.dumps(value)
        except TypeError:
            raise TooDeepError(f"nested more than {DEEPEST} deep") from None
    return value


def why_not(error: ValueError) -> str:
    """What is wrong with what could not be decoded, to go on a sentence about it."""
    return f"is nested more than {DEEPEST} deep" if isinstance(error, TooDeepError) else "is not JSON"


def _brackets(text: str | bytes) -> int:
    if isinstance(text, str):
        return text.count("{") + text.count("[")
    return text.count(b"{") + text.count(b"[")

"""JSON in and out. orjson does it; the values it refuses (integers over 64 bits, lone surrogates) go the slow way."""

import json
from collections.abc import Mapping
from typing import Any

import orjson

JSONObject = dict[str, Any]


def encode(value: Mapping[str, Any]) -> bytes:
    """The value as JSON. Raises TypeError or ValueError for what is no JSON value."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


def decode(text: str | bytes) -> Any:
    """Raises ValueError when it is not JSON."""
    return orjson.loads(text)

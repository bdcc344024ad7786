"""Whatever a tool gives becomes JSON that a model can read and MongoDB can store, or a ValueError says why not.

Nothing is gone through beyond the limit, so that no value costs more than it may be large.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, ValuesView
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

import orjson
from pydantic_core import PydanticSerializationError, to_jsonable_python

MAX_OUTPUT_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 64
_TOO_LARGE: Final = f"the output is over {MAX_OUTPUT_BYTES:,} bytes as JSON, the most that a tool may give; give less"


class TooLargeError(ValueError):
    """The value has more than MAX_OUTPUT_BYTES as JSON."""

    def __init__(self) -> None:
        super().__init__(_TOO_LARGE)


def json_value(value: Any) -> Any:
    """The value as JSON: models, dataclasses, dates, sets and the like in the way of pydantic.

    What is no number (NaN, infinity) becomes null, an integer beyond 64 bits its digits, half a character "�".

    Raises:
        TooLargeError: it has more than MAX_OUTPUT_BYTES.
        ValueError: there is no JSON for it, or it is nested more than MAX_DEPTH deep.
    """
    made = _Maker().make(value, 0)
    if len(orjson.dumps(made)) > MAX_OUTPUT_BYTES:
        raise TooLargeError
    return made


class _Maker:
    """Counts what has been made, in bytes, never more than there are."""

    def __init__(self) -> None:
        self._left = MAX_OUTPUT_BYTES

    def make(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError(f"the output is nested more than {MAX_DEPTH} levels deep, or contains itself")
        self._spend(1)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, Enum):
            return self.make(value.value, depth + 1)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, int):
            return int(value) if -(2**63) <= value < 2**63 else self._digits(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else None
        return self._container(value, depth)

    def _container(self, value: Any, depth: int) -> Any:
        if _is_plain_dataclass(value):
            value = {field.name: getattr(value, field.name) for field in fields(value)}
        if _is_mapping(value):
            return self._object(value.items(), depth)
        return self._list(value, depth) if _is_listed(value) else self._other(value, depth)

    def _object(self, items: Iterable[tuple[Any, Any]], depth: int) -> dict[str, Any]:
        return {self._name(name): self.make(value, depth + 1) for name, value in items}

    def _list(self, values: Iterable[Any], depth: int) -> list[Any]:
        return [self.make(value, depth + 1) for value in values]

    def _name(self, name: Any) -> str:
        """A NUL cannot stand in the name of a field that is stored."""
        plain = name if isinstance(name, str) else str(_jsonable(name))
        return self._text(plain).replace("\0", "�")

    def _text(self, value: str) -> str:
        self._spend(len(value))
        return whole_characters(value)

    def _digits(self, value: int) -> str:
        self._spend(value.bit_length() // 4)
        return str(value)

    def _other(self, value: Any, depth: int) -> Any:
        if _is_bytes(value):
            self._spend(len(value))
            return self.make(_text_of(bytes(value)), depth)
        return self.make(_jsonable(value), depth + 1)

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise TooLargeError


def _is_plain_dataclass(value: object) -> bool:
    """Pydantic's own have their own way into JSON."""
    return is_dataclass(value) and not isinstance(value, type) and not hasattr(value, "__pydantic_serializer__")


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_listed(value: object) -> bool:
    return isinstance(value, list | tuple | range | deque | AbstractSet | ValuesView | Iterator)


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes | bytearray | memoryview)


def whole_characters(value: str) -> str:
    """The text without halves of characters, which no encoding holds."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return str(value)


def _text_of(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise ValueError("the output holds bytes that are no text; give them as base64 in a content part") from None


def _jsonable(value: Any) -> Any:
    try:
        return to_jsonable_python(value)
    except PydanticSerializationError:
        raise ValueError(f"the output holds a {type(value).__name__}, for which there is no JSON") from None

"""What an index knows of a document's values: their kind, and what two of a kind are compared by."""

import re
from typing import Any, Final, TypeGuard, cast

import numpy as np
from bson import Binary, DatetimeMS, ObjectId
from bson.binary import UUID_SUBTYPE, VECTOR_SUBTYPE, BinaryVectorDtype
from numpy.typing import NDArray

from weft.storage.types import Doc

Vector = NDArray[np.float32]
Scalar = tuple[str, Any]
"""A kind and what values of it are compared by."""

LONGEST_TOKEN: Final = 8191
"""Characters; a longer string is not in the index (32766 bytes of Lucene's / 4)."""
KINDS: Final = ("boolean", "date", "number", "objectId", "token", "uuid", "null")
ORDERED: Final = ("date", "number", "objectId", "token")


def scalar(value: Any) -> Scalar | None:
    """None for a value that no index holds."""
    match value:
        case None:
            return ("null", None)
        case bool():
            return ("boolean", value)
        case int() | float():
            return ("number", value)
        case str():
            return ("token", value)
        case DatetimeMS():
            return ("date", int(value))
        case ObjectId():
            return ("objectId", value.binary)
        case Binary() if value.subtype == UUID_SUBTYPE:
            return ("uuid", bytes(value))
        case _:
            return None


def as_doc(value: object) -> Doc | None:
    return cast("Doc", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    return value if _is_list(value) else None


def values_at(value: object, path: str) -> list[Any]:
    """Every value that a dotted path leads to: an array's elements are so many values."""
    name, _, rest = path.partition(".")
    found: list[Any] = []
    for element in _elements(value):
        doc = as_doc(element)
        if doc is not None and name in doc:
            found += values_at(doc[name], rest) if rest else _elements(doc[name])
    return found


def scalars_at(doc: Doc, path: str) -> list[Scalar]:
    """What an index holds of a path."""
    found = [scalar(value) for value in values_at(doc, path)]
    return [
        value for value in found if value is not None and not (value[0] == "token" and len(value[1]) > LONGEST_TOKEN)
    ]


def vector_at(doc: Doc, path: str, dimensions: int) -> Vector | None:
    """The vector at a path, when it is one of that size."""
    value: object = doc
    for name in path.split("."):
        value = (as_doc(value) or {}).get(name)
    found = vector_of(value)
    return found if found is not None and len(found) == dimensions and np.isfinite(found).all() else None


def vector_of(value: object) -> Vector | None:
    """An array of numbers or a BSON vector of float32; None for anything else."""
    if isinstance(value, Binary):
        if value.subtype != VECTOR_SUBTYPE or value[:2] != bytes([BinaryVectorDtype.FLOAT32.value[0], 0]):
            return None
        return np.frombuffer(value, "<f4", offset=2) if len(value) % 4 == 2 else None
    numbers = as_list(value)
    if not numbers or not all(map(is_number, numbers)):
        return None
    with np.errstate(over="ignore"):
        return np.asarray(numbers, np.float32)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_path(value: Any) -> bool:
    """Whether it can be the name of a field, or of one in another."""
    return isinstance(value, str) and bool(re.fullmatch(r"[^$.\0][^.\0]*(\.[^$.\0][^.\0]*)*", value))


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _elements(value: object) -> list[Any]:
    elements = as_list(value)
    return [value] if elements is None else elements

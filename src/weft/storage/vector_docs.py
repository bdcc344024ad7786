"""How an entry of `searchEntries` holds its vectors, and the vectors that it is to get."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from bson.binary import Binary, BinaryVectorDtype

from weft.storage.types import Doc
from weft.threads.vectors import Space

AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a new message is due: before all others, whatever the clocks of processes say."""
LEASE_FIELDS: Final = ("embedLease", "embedOwner")
REQUEST_FIELDS: Final = ("embedAt", "embedWith", "embedAttempts")
"""There while vectors are to be made: from when on, of which models, and how often it has failed."""
OF_THE_TEXT: Final = ("vectors", "spaces", "embedFailed", *LEASE_FIELDS)
"""What is gone when the text is another."""


def binary(vector: Sequence[float]) -> Binary:
    """A vector as BSON float32."""
    return Binary.from_vector(list(vector), BinaryVectorDtype.FLOAT32)


def numbers(stored: Any) -> list[float]:
    """The numbers of a vector as it is stored."""
    found: list[float] = np.frombuffer(stored, "<f4", offset=2).tolist()
    return found


def vector_fields(space: Space, vector: Sequence[float]) -> Doc:
    """The fields that a vector adds to its entry, for the `$set` of a pipeline."""
    made = {"$literal": {space.key: binary(vector)}}
    return {
        "vectors": {"$mergeObjects": ["$vectors", made]},
        "spaces": {"$setUnion": [{"$ifNull": ["$spaces", []]}, [space.key]]},
    }


def settled(model: str) -> list[Doc]:
    """The change that asks for this model's vector no longer: what is left is due at once, and nobody's."""
    others: Doc = {"$ne": ["$$this", {"$literal": model}]}
    left: Doc = {"$filter": {"input": {"$ifNull": ["$embedWith", []]}, "cond": others}}
    none: Doc = {"$eq": ["$embedWith", []]}
    fields: Doc = {"embedAt": AT_ONCE, "embedAttempts": 0, "embedWith": "$embedWith"}
    return [
        {"$set": {"embedWith": left}},
        {"$set": {name: {"$cond": [none, "$$REMOVE", value]} for name, value in fields.items()}},
        {"$unset": list(LEASE_FIELDS)},
    ]


def request(models: Sequence[str]) -> Doc:
    """The fields of a new entry that is to get vectors of these models."""
    return {"embedAt": AT_ONCE, "embedWith": list(models), "embedAttempts": 0} if models else {}

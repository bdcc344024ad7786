"""Vectors of messages: those of one model and one dimension are a space, and only these are compared."""

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weft.errors import InputError

MAX_DIMENSION: Final = 8192
_MAX_FLOAT32: Final = 3.4028234663852886e38
_ZERO_IN_FLOAT32: Final = 2.0**-150
"""Numbers up to this one are stored as 0."""


@dataclass(frozen=True, slots=True)
class Space:
    """The vectors of `model`, as it is written in a setting, for example `openai:text-embedding-3-small`."""

    model: str
    dimension: int

    @property
    def key(self) -> str:
        """A name for it that can be part of the name of a field or an index."""
        readable = re.sub(r"[^A-Za-z0-9-]+", "_", self.model)[:40]
        digest = hashlib.sha256(self.model.encode()).hexdigest()[:8]
        return f"{readable}_{self.dimension}_{digest}"


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Vectors that a caller gives: one a message, in the messages' order; None for a message without one."""

    model: str
    vectors: Sequence[Sequence[float] | None]

    def check(self, messages: int, path: tuple[str, ...]) -> None:
        """Raises InputError when the model, the count, a dimension or a number is wrong; the path leads to it."""
        if not self.model.strip():
            raise InputError("name the model that made the vectors", path=(*path, "model"))
        if len(self.vectors) != messages:
            message = f"there are {len(self.vectors)} vectors for {messages} messages; give one each, or null"
            raise InputError(message, path=(*path, "vectors"))
        given = [(index, vector) for index, vector in enumerate(self.vectors) if vector is not None]
        for index, vector in given:
            check_vector(vector, (*path, "vectors", str(index)))
            if len(vector) != len(given[0][1]):
                message = f"the vector has {len(vector)} numbers, those before it {len(given[0][1])}"
                raise InputError(message, path=(*path, "vectors", str(index)))

    @property
    def space(self) -> Space | None:
        """None when there is no vector."""
        return next((Space(self.model, len(vector)) for vector in self.vectors if vector is not None), None)


def check_vector(vector: Sequence[float], path: tuple[str, ...]) -> None:
    """Raises InputError for a vector that cannot be compared; the path leads to it."""
    if not 1 <= len(vector) <= MAX_DIMENSION:
        raise InputError(f"the vector has {len(vector)} numbers; 1 to {MAX_DIMENSION} are possible", path=path)
    if not all(map(math.isfinite, vector)) or max(map(abs, vector)) > _MAX_FLOAT32:
        raise InputError("a vector's numbers must be finite, as 32-bit floats", path=path)
    if max(map(abs, vector)) <= _ZERO_IN_FLOAT32:
        raise InputError("the vector has no direction: all its numbers are 0 as 32-bit floats", path=path)

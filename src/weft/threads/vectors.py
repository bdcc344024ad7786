"""Embeddings that a caller gives with messages: all of one model, one dimension, finite."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weft.errors import InputError

MAX_DIMENSION: Final = 8192


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector a message, in the messages' order; None for a message without one."""

    model: str
    vectors: Sequence[Sequence[float] | None]

    def check(self, messages: int, path: tuple[str, ...]) -> None:
        """Raises InputError when the count, a dimension or a number is wrong; the path leads to it."""
        if len(self.vectors) != messages:
            message = f"there are {len(self.vectors)} vectors for {messages} messages; give one each, or null"
            raise InputError(message, path=(*path, "vectors"))
        given = [(index, vector) for index, vector in enumerate(self.vectors) if vector is not None]
        for index, vector in given:
            self._check_one(vector, len(given[0][1]), (*path, "vectors", str(index)))

    def _check_one(self, vector: Sequence[float], dimension: int, path: tuple[str, ...]) -> None:
        if not 1 <= len(vector) <= MAX_DIMENSION:
            raise InputError(f"the vector has {len(vector)} numbers; 1 to {MAX_DIMENSION} are possible", path=path)
        if len(vector) != dimension:
            raise InputError(f"the vector has {len(vector)} numbers, those before it {dimension}", path=path)
        if not all(map(math.isfinite, vector)):
            raise InputError("a vector's numbers must be finite", path=path)

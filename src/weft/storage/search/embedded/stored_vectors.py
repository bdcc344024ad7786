"""Entries as the index of vectors reads them: whose they are, where they stand, and one space's vector in 32 bits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from weft.storage.search.embedded.ranking import Exact, Floats, Rows, directions, lengths_of
from weft.storage.types import Doc

_HEAD: Final = 2
"""Bytes of a BSON vector before its numbers: their kind, and how many bits pad them."""
_FLOAT32: Final = b"\x27\x00"


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries side by side with their vectors and these's lengths."""

    docs: Sequence[Doc]
    vectors: Floats
    lengths: Exact

    @property
    def units(self) -> Floats:
        """The vectors with length 1."""
        return directions(self.vectors, self.lengths)


def batch_of(docs: Sequence[Doc], key: str, dimension: int) -> Batch:
    """Of the entries that have a vector in the space; one that no direction can be told of is left out."""
    size = _HEAD + 4 * dimension
    kept: list[Doc] = []
    raws: list[bytes] = []
    for doc in docs:
        raw = doc.get("vectors", {}).get(key)
        if isinstance(raw, bytes) and len(raw) == size and raw.startswith(_FLOAT32):
            kept.append(doc)
            raws.append(raw)
    if not raws:
        return Batch([], np.empty((0, dimension), np.float32), np.empty(0, np.float64))
    table = np.frombuffer(b"".join(raws), np.uint8).reshape(len(raws), size)
    vectors = table[:, _HEAD:].copy().view("<f4")
    lengths = lengths_of(vectors)
    usable = np.isfinite(lengths) & (lengths > 0)
    if usable.all():
        return Batch(kept, vectors, lengths)
    rows: Rows = np.flatnonzero(usable)
    places: list[int] = rows.tolist()
    return Batch([kept[place] for place in places], vectors[rows], lengths[rows])

"""Entries as the index of vectors reads them: whose they are, where they stand, and one space's vector in 32 bits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from weft.storage.search.ranking import Floats, Rows, directions
from weft.storage.types import Doc

_HEAD: Final = 2
"""Bytes of a BSON vector before its numbers: their kind, and how many bits pad them."""
_FLOAT32: Final = b"\x27\x00"


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries side by side with their directions, vectors of length 1."""

    docs: Sequence[Doc]
    units: Floats


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
        return Batch([], np.empty((0, dimension), np.float32))
    table = np.frombuffer(b"".join(raws), np.uint8).reshape(len(raws), size)
    units, usable = directions(table[:, _HEAD:].copy().view("<f4"))
    if usable.all():
        return Batch(kept, units)
    rows: Rows = np.flatnonzero(usable)
    places: list[int] = rows.tolist()
    return Batch([kept[place] for place in places], units[rows])

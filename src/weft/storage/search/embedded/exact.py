"""Directions of one scope's vectors in memory, compared exactly."""

from collections.abc import Collection, Sequence

import numpy as np

from weft.storage.search.embedded.columns import Columns
from weft.storage.search.embedded.ranking import Exact, best, cosines, nearest
from weft.storage.search.embedded.stored_vectors import batch_of
from weft.storage.types import Doc
from weft.threads.search import Reach, VectorHit


class ExactTable:
    """Of one space. Its methods run in the one thread that compares."""

    def __init__(self, key: str, dimension: int, room: int) -> None:
        self._key = key
        self._dimension = dimension
        self._columns = Columns(np.float32, dimension, room)

    @property
    def count(self) -> int:
        return self._columns.count

    @property
    def bytes(self) -> int:
        return self._columns.bytes

    def add(self, docs: Sequence[Doc]) -> None:
        """Entries that are not there yet."""
        batch = batch_of(docs, self._key, self._dimension)
        self._columns.append(batch.docs, batch.units)

    def change(self, entry_ids: Collection[str], docs: Sequence[Doc]) -> None:
        """What was known of entries is forgotten; `docs`: what those are now that are still in the scope."""
        self._columns.remove(entry_ids)
        if docs:
            self.add(docs)

    def search(self, query: Exact, reach: Reach, limit: int) -> list[VectorHit]:
        """The nearest first."""
        units = self._columns.data
        rows = nearest(units, query, self._columns.reached(reach), limit)
        return best(self._columns.ids(rows), cosines(units[rows], 1.0, query), limit)

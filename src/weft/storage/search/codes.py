"""A space's vectors in memory as one bit a number: on which side of the mean it is. Near vectors differ in few bits.

The few that differ least are compared exactly, with their vectors from MongoDB: 1/32 of the memory, nearly the same
answer (performance.md, "Vectors without Atlas").
"""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from weft.storage.search.columns import Columns
from weft.storage.search.ranking import Exact, Floats, Rows
from weft.storage.search.stored_vectors import batch_of
from weft.storage.types import Doc
from weft.threads.search import Reach

_WORDS: Final = 8
"""Codes are so many 64-bit words, or a multiple: their counts of bits are added up eight at a time."""
_AT_ONCE: Final = 4096
_ODD_BYTES: Final = np.uint64(0x00FF00FF00FF00FF)
_SUM: Final = np.uint64(0x0001000100010001)


class Codes:
    """Of one space. Its methods run in the one thread that compares."""

    def __init__(self, key: str, dimension: int, room: int, mean: Floats) -> None:
        self._key = key
        self._dimension = dimension
        self._mean = mean
        self._columns = Columns(np.uint64, width_of(dimension), room)

    @property
    def count(self) -> int:
        return self._columns.count

    @property
    def bytes(self) -> int:
        return self._columns.bytes

    def add(self, docs: Sequence[Doc]) -> None:
        """Entries that are not there yet."""
        batch = batch_of(docs, self._key, self._dimension)
        self._columns.append(batch.docs, self._coded(batch.units))

    def change(self, entry_ids: Collection[str], docs: Sequence[Doc]) -> None:
        """What was known of entries is forgotten; `docs`: what those are now that are still in the space."""
        self._columns.remove(entry_ids)
        if docs:
            self.add(docs)

    def reached(self, reach: Reach) -> int:
        """How many vectors are within reach."""
        rows = self._columns.reached(reach)
        return self.count if rows is None else len(rows)

    def candidates(self, query: Exact, reach: Reach, most: int) -> list[str]:
        """The entries with the codes that are nearest; of equally near ones those with the lesser ids."""
        rows = self._columns.reached(reach)
        code = self._coded(query.astype(np.float32)[None])[0]
        codes = self._columns.data
        if rows is not None and 2 * len(rows) < self.count:
            distances = _distances(codes[rows], code)
        else:
            distances = _distances(codes, code)
            distances = distances if rows is None else distances[rows]
        among = np.arange(self.count) if rows is None else rows
        if len(among) <= most:
            return self._columns.ids(among)
        farthest = np.partition(distances, most - 1)[most - 1]
        surely, even = among[distances < farthest], among[distances == farthest]
        return self._columns.ids(np.concatenate([surely, self._first(even, most - len(surely))]))

    def _first(self, rows: Rows, most: int) -> Rows:
        return rows if len(rows) <= most else rows[np.argsort(self._columns.raw_ids(rows), kind="stable")[:most]]

    def _coded(self, units: Floats) -> NDArray[np.uint64]:
        codes = np.zeros((len(units), 8 * width_of(self._dimension)), np.uint8)
        bits = np.packbits(units > self._mean, axis=1)
        codes[:, : bits.shape[1]] = bits
        return codes.view(np.uint64)


def width_of(dimension: int) -> int:
    """The 64-bit words of a code."""
    return -(-dimension // (64 * _WORDS)) * _WORDS


def _distances(codes: NDArray[np.uint64], code: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """In how many bits each code differs: a byte for each word, the bytes added up eight at a time."""
    distances = np.empty(len(codes), np.uint16)
    for start in range(0, len(codes), _AT_ONCE):
        some = codes[start : start + _AT_ONCE]
        counts = np.bitwise_count(some ^ code).view(np.uint64)
        sums = counts.sum(axis=1) if counts.shape[1] > 1 else counts[:, 0]
        pairs = (sums & _ODD_BYTES) + ((sums >> np.uint64(8)) & _ODD_BYTES)
        distances[start : start + _AT_ONCE] = (pairs * _SUM) >> np.uint64(48)
    return distances

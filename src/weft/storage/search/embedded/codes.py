"""A space's vectors in memory as one bit a number: on which side of the mean it is. Near vectors differ in few bits.

The few that are nearest by that are compared exactly, with their vectors from MongoDB: 1/32 of the memory, nearly the
same answer.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weft.storage.search.embedded.columns import Columns
from weft.storage.search.embedded.ranking import Exact, Floats, Rows
from weft.storage.search.embedded.stored_vectors import batch_of
from weft.storage.types import Doc
from weft.threads.search import Reach

_WORDS: Final = 8
"""Codes are so many 64-bit words, or a multiple: their counts of bits are added up eight at a time."""
_AT_ONCE: Final = 1024
_FEW: Final = 64
_ROUGHLY: Final = 10
_ODD_BYTES: Final = np.uint64(0x00FF00FF00FF00FF)
_NO_BITS: Final = np.uint64(0)
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
        """The entries whose codes are nearest to the query; of equally near ones those with the lesser ids.

        First by the bits that differ from the query's code, then among ten times as many by the query itself.
        """
        rows = self._columns.reached(reach)
        codes = self._columns.data
        from_mean = query.astype(np.float32) - self._mean
        among = np.arange(self.count) if rows is None else rows
        if len(among) > _ROUGHLY * most:
            code = self._coded(query.astype(np.float32)[None])[0]
            few = 2 * len(among) < self.count
            distances = _distances(codes[among], code) if few else _distances(codes, code)[among]
            among = self._least(among, distances, _ROUGHLY * most)
        if len(among) > most:
            among = self._least(among, -_likeness(codes[among], from_mean), most)
        return self._columns.ids(among)

    def _least(self, rows: Rows, values: NDArray[Any], most: int) -> Rows:
        """The rows with the least values, by id where they are equal."""
        limit = np.partition(values, most - 1)[most - 1]
        surely, even = rows[values < limit], rows[values == limit]
        if len(surely) + len(even) > most:
            even = even[np.argsort(self._columns.raw_ids(even), kind="stable")[: most - len(surely)]]
        return np.concatenate([surely, even])

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
        sums = sum(counts.T, _NO_BITS)
        pairs = (sums & _ODD_BYTES) + ((sums >> np.uint64(8)) & _ODD_BYTES)
        distances[start : start + _AT_ONCE] = (pairs * _SUM) >> np.uint64(48)
    return distances


def _likeness(codes: NDArray[np.uint64], query: Floats) -> Floats:
    """The sum of the query's numbers on the same side of the mean as the code's bits say, but for a constant."""
    likeness = np.empty(len(codes), np.float32)
    for start in range(0, len(codes), _FEW):
        bits = np.unpackbits(codes[start : start + _FEW].view(np.uint8), axis=1, count=len(query))
        likeness[start : start + _FEW] = np.vecdot(bits.astype(np.float32), query)
    return likeness

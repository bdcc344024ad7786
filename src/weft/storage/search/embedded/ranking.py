"""Cosines that do not depend on where a vector lies, and the best of them in one order at all times."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from weft.threads.search import VectorHit

Floats: TypeAlias = NDArray[np.float32]
Exact: TypeAlias = NDArray[np.float64]
Rows: TypeAlias = NDArray[np.intp]

_DIGITS: Final = 7
"""Stored numbers have no more: vectors of one direction are equally near, whatever their lengths."""
_SLACK: Final = 2e-5
"""More than cosines in 32 bits can be wrong by."""
_AT_ONCE: Final = 64


def direction(vector: Sequence[float]) -> Exact:
    """The vector with length 1. The largest number is 1 first, so that no square is out of range."""
    given = np.asarray(vector, np.float64)
    scaled = given / np.abs(given).max()
    return np.asarray(scaled / np.linalg.norm(scaled), np.float64)


def lengths_of(vectors: Floats) -> Exact:
    """0, infinite or no number for one that has no direction."""
    lengths = np.empty(len(vectors), np.float64)
    for some in _parts(len(vectors)):
        wide = vectors[some].astype(np.float64)
        lengths[some] = np.sqrt(np.vecdot(wide, wide))
    return lengths


def directions(vectors: Floats, lengths: Exact) -> Floats:
    """Each vector with length 1."""
    units = np.empty(vectors.shape, np.float32)
    for some in _parts(len(vectors)):
        units[some] = vectors[some] / lengths[some, None]
    return units


def cosines(vectors: Floats, lengths: Exact | float, query: Exact) -> Exact:
    """In 64 bits, of vectors of these lengths and a query of length 1."""
    exact = np.empty(len(vectors), np.float64)
    for some in _parts(len(vectors)):
        exact[some] = np.vecdot(vectors[some].astype(np.float64), query)
    rounded: Exact = np.clip(np.round(exact / lengths, _DIGITS), -1.0, 1.0)
    return rounded


def _parts(count: int) -> Iterator[slice]:
    """So few rows that they stay in the processor's cache."""
    return (slice(at, at + _AT_ONCE) for at in range(0, count, _AT_ONCE))


def nearest(units: Floats, query: Exact, rows: Rows | None, limit: int) -> Rows:
    """The rows that can be among the best `limit`, of all or of `rows`: a few more than these."""
    rough = np.vecdot(units, query.astype(np.float32))
    among = np.arange(len(units)) if rows is None else rows
    rough = rough if rows is None else rough[rows]
    if len(rough) <= limit:
        return among
    least = np.partition(rough, len(rough) - limit)[len(rough) - limit]
    chosen: Rows = among[rough >= least - _SLACK]
    return chosen


def best(ids: Sequence[str], scores: NDArray[Any], limit: int) -> list[VectorHit]:
    """The greatest scores first, of equal ones that with the lesser id."""
    hits = map(VectorHit, ids, scores.tolist())
    return sorted(hits, key=lambda hit: (-hit.score, hit.message_id))[:limit]

"""Cosines that do not depend on where a vector lies, and the best of them in one order at all times."""

from collections.abc import Sequence
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
_AT_ONCE: Final = 1024


def direction(vector: Sequence[float]) -> Exact:
    """The vector with length 1. The largest number is 1 first, so that no square is out of range."""
    given = np.asarray(vector, np.float64)
    scaled = given / np.abs(given).max()
    return np.asarray(scaled / np.linalg.norm(scaled), np.float64)


def directions(vectors: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Each vector with length 1, and which of them have a direction at all."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = vectors / np.abs(vectors).max(axis=1, keepdims=True)
        lengths = np.sqrt(np.vecdot(scaled, scaled, dtype=np.float64))
        unit = (scaled / lengths[:, None]).astype(np.float32)
    return unit, np.isfinite(unit).all(axis=1)


def cosines(units: Floats, query: Exact) -> Exact:
    """In 64 bits, of vectors of length 1."""
    parts = [np.vecdot(units[at : at + _AT_ONCE].astype(np.float64), query) for at in range(0, len(units), _AT_ONCE)]
    exact = np.concatenate(parts) if parts else np.empty(0, np.float64)
    rounded: Exact = np.clip(np.round(exact, _DIGITS), -1.0, 1.0)
    return rounded


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

"""Rows in numpy arrays that grow: whose entry each row is of, and what is compared of it.

Rows keep no order: the last ones take the places of those that go. One thread at a time may work on them.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weft.storage.search.embedded.ranking import Rows
from weft.storage.types import Doc
from weft.threads.search import Reach

_FIRST: Final = 8
_NOBODY: Final = -1
_NOT_HERE: Final = -2
_NAME_BYTES: Final = 150
"""Of a text, its number and their place in a dict, besides its characters."""


class Columns:
    """`data` is what is compared, `width` numbers a row."""

    def __init__(self, kind: type[np.generic], width: int, room: int = _FIRST) -> None:
        self.count = 0
        self._names: dict[str, int] = {}
        self._name_bytes = 0
        room = max(room, _FIRST)
        self._all: dict[str, NDArray[Any]] = {
            "id": np.empty(room, "S30"),
            "hash": np.empty(room, np.int64),
            "thread": np.empty(room, np.int32),
            "user": np.empty(room, np.int32),
            "order": np.empty(room, np.int64),
            "data": np.empty((room, width), kind),
        }

    @property
    def bytes(self) -> int:
        return self._name_bytes + sum(column.nbytes for column in self._all.values())

    @property
    def data(self) -> NDArray[Any]:
        return self._all["data"][: self.count]

    def ids(self, rows: Rows) -> list[str]:
        found: list[bytes] = self._all["id"][rows].tolist()
        return [each.decode() for each in found]

    def raw_ids(self, rows: Rows) -> NDArray[np.bytes_]:
        """As bytes, which sort like the texts."""
        return self._all["id"][rows]

    def append(self, docs: Sequence[Doc], data: NDArray[Any]) -> None:
        """Entries that are not there yet."""
        start, end = self.count, self.count + len(docs)
        ids = np.array([doc["_id"].encode() for doc in docs], np.bytes_)
        self._grow(end, ids.dtype)
        self._all["id"][start:end] = ids
        self._all["hash"][start:end] = [hash(doc["_id"]) for doc in docs]
        self._all["thread"][start:end] = [self._number(doc["threadId"]) for doc in docs]
        self._all["user"][start:end] = [self._number(doc["userId"]) for doc in docs]
        self._all["order"][start:end] = [doc["order"] for doc in docs]
        self._all["data"][start:end] = data
        self.count = end

    def remove(self, entry_ids: Collection[str]) -> None:
        """Those of them that are there."""
        wanted = np.fromiter(map(hash, entry_ids), np.int64, len(entry_ids))
        gone = np.flatnonzero(np.isin(self._all["hash"][: self.count], wanted))
        left = self.count - len(gone)
        holes = gone[gone < left]
        last = np.setdiff1d(np.arange(left, self.count), gone, assume_unique=True)
        for column in self._all.values():
            column[holes] = column[last]
        self.count = left

    def reached(self, reach: Reach) -> Rows | None:
        """The rows within reach; None for all."""
        tests: list[NDArray[np.bool_]] = []
        if reach.thread_id is not None:
            tests.append(self._column("thread") == self._names.get(reach.thread_id, _NOT_HERE))
        if reach.user_id is not None:
            tests.append(self._column("user") == self._names.get(reach.user_id, _NOT_HERE))
        if reach.before is not None:
            elsewhere = self._column("thread") != self._names.get(reach.before.thread_id, _NOT_HERE)
            tests.append(elsewhere | (self._column("order") < reach.before.order))
        return np.flatnonzero(np.logical_and.reduce(tests)) if tests else None

    def _column(self, name: str) -> NDArray[Any]:
        return self._all[name][: self.count]

    def _number(self, name: str | None) -> int:
        if name is None:
            return _NOBODY
        if name not in self._names:
            self._names[name] = len(self._names)
            self._name_bytes += len(name) + _NAME_BYTES
        return self._names[name]

    def _grow(self, rows: int, id_type: np.dtype[np.bytes_]) -> None:
        if id_type.itemsize > self._all["id"].dtype.itemsize:
            self._all["id"] = self._all["id"].astype(id_type)
        room = len(self._all["hash"])
        if rows <= room:
            return
        for name, column in self._all.items():
            grown = np.empty((max(rows, room + room // 4), *column.shape[1:]), column.dtype)
            grown[: self.count] = column[: self.count]
            self._all[name] = grown

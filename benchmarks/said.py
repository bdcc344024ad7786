"""Messages to search: words as in speech, a few of them often and most seldom, and vectors that lie in clusters."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weft.storage.search.embedded.pockets import pocket_of
from weft.storage.search_entries import binary
from weft.storage.store import Store
from weft.threads.vectors import Space

USER = "ann"
_WORDS = 40_000
_FREQUENT = 20
_CLUSTERS = 1000
_SPREAD = 0.8
_BATCH = 1000
_THREAD = 200
"""Messages of one thread."""

Floats = NDArray[np.float32]


class Said:
    """Always the same messages, by number, of one user; and queries that are like them but none of them."""

    def __init__(self, space: Space) -> None:
        self.space = space
        chance = np.random.default_rng(1)
        self._middles = 0.5 + chance.standard_normal((_CLUSTERS, space.dimension)).astype(np.float32)
        shares = 1 / np.arange(1, _WORDS + 1)
        self._shares = shares / shares.sum()
        self._seldom = shares[_FREQUENT:] / shares[_FREQUENT:].sum()

    def vectors(self, start: int, end: int) -> Floats:
        chance = np.random.default_rng([2, start])
        chosen = self._middles[chance.integers(0, _CLUSTERS, end - start)]
        return (chosen + _SPREAD * chance.standard_normal(chosen.shape, dtype=np.float32)).astype(np.float32)

    def text(self, number: int) -> str:
        chance = np.random.default_rng([3, number])
        count = int(chance.lognormal(3.7, 0.8)) + 3
        return " ".join(map(_word, chance.choice(_WORDS, count, p=self._shares).tolist()))

    def query(self, number: int) -> str:
        """Eight words, none of the most frequent."""
        chance = np.random.default_rng([4, number])
        return " ".join(map(_word, (_FREQUENT + chance.choice(_WORDS - _FREQUENT, 8, p=self._seldom)).tolist()))

    async def store(self, store: Store, start: int, end: int) -> Floats:
        """Stores the messages' entries; returns their vectors."""
        await store.search_spaces.note(self.space)
        parts: list[Floats] = []
        for first in range(start, end, _BATCH):
            last = min(first + _BATCH, end)
            parts.append(self.vectors(first, last))
            docs = [
                self.entry(number, vector.tolist())
                for number, vector in zip(range(first, last), parts[-1], strict=True)
            ]
            await store.search_entries.collection.insert_many(docs)
        return np.concatenate(parts)

    def entry(self, number: int, vector: Sequence[float]) -> dict[str, Any]:
        """What finds a message."""
        return {
            "_id": message_id(number),
            "threadId": f"thr_{number // _THREAD:026}",
            "userId": USER,
            "pocket": pocket_of(USER, ""),
            "order": number,
            "stepOrder": 0,
            "text": self.text(number),
            "vectors": {self.space.key: binary(vector)},
            "spaces": [self.space.key],
        }


def message_id(number: int) -> str:
    return f"msg_{number:026}"


def _word(number: int) -> str:
    """The frequent ones are short."""
    letters = ""
    while number or not letters:
        number, letter = divmod(number, 24)
        letters += "bcdfghjklmnpqrstvwxzaeou"[letter]
    return f"w{letters}"

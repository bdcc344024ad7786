"""Which words of a query are searched for where very many entries have some of them.

MongoDB's text score does not know which words are rare, and reads every entry that has any of them: a word that
everybody says costs most and tells least. So words are counted first, each up to a bound. A query of up to three words,
and any query in a small collection or one whose words few entries have, is searched for as it is.
"""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from weft.storage.search.embedded.pockets import POCKETS
from weft.storage.search.embedded.reached import match_of
from weft.storage.search.embedded.words import telling
from weft.storage.types import Collection, Doc
from weft.threads.search import Reach

LARGE: Final = 10_000
"""Entries from which on words are counted."""
AT_LEAST: Final = 3
_COUNTED: Final = 2000
"""Entries that are counted for all words of a query together."""
_FEWEST: Final = 10
_SAMPLE: Final = 100
_FULLEST: Final = 4
_FRESH_SECONDS: Final = 600.0


class WordCounts:
    """`large`: in a collection of fewer entries nothing is left out."""

    def __init__(self, entries: Collection, large: int = LARGE) -> None:
        self._entries = entries
        self._large = large
        self._fullest: tuple[list[int], float] = ([], 0.0)
        self._until = 0.0

    async def wanted(self, words: Sequence[str], pockets: Sequence[int], reach: Reach) -> list[str]:
        """The words that are rare within reach, and the rarest three in any case; in their order."""
        if len(words) <= AT_LEAST or await self._entries.estimated_document_count() < self._large:
            return list(words)
        bound = max(_FEWEST, _COUNTED // len(words))
        if len(pockets) == POCKETS:
            pockets, share = await self._of_everybody()
            bound = max(_FEWEST, int(bound * share))
        if not pockets:
            return list(words)
        counts = await self._counts(words, pockets, reach, bound)
        common = sorted(filter(counts.get, words), key=lambda word: (counts[word], -telling(word)))[AT_LEAST:]
        dropped = {word for word in common if counts[word] >= bound}
        return [word for word in words if word not in dropped]

    async def _counts(self, words: Sequence[str], pockets: Sequence[int], reach: Reach, bound: int) -> dict[str, int]:
        """In how many entries a word is, up to the bound. One that is none in the language, such as `the`, is in 0."""
        first, *others = [
            _counted(number, word, pocket, reach, bound) for number, word in enumerate(words) for pocket in pockets
        ]
        unions = [{"$unionWith": {"coll": self._entries.name, "pipeline": pipeline}} for pipeline in others]
        found = dict.fromkeys(words, 0)
        async for doc in await self._entries.aggregate([*first, *unions]):
            number: int = doc["word"]
            word = words[number]
            found[word] = min(found[word] + doc["count"], bound)
        return found

    async def _of_everybody(self) -> tuple[list[int], float]:
        """Some of the fullest pockets and what share of all entries is in them, as it was a few minutes ago."""
        if time.monotonic() >= self._until:
            chosen: list[Doc] = [{"$sample": {"size": _SAMPLE}}, {"$project": {"pocket": 1}}]
            docs = await (await self._entries.aggregate(chosen)).to_list()
            fullest = Counter(doc["pocket"] for doc in docs).most_common(_FULLEST)
            share = sum(count for _, count in fullest) / max(1, len(docs))
            self._fullest, self._until = ([pocket for pocket, _ in fullest], share), time.monotonic() + _FRESH_SECONDS
        return self._fullest


def _counted(number: int, word: str, pocket: int, reach: Reach, bound: int) -> list[Doc]:
    match: Doc = {"pocket": pocket, "$text": {"$search": word}, **match_of(reach)}
    return [{"$match": match}, {"$limit": bound}, {"$count": "count"}, {"$set": {"word": number}}]

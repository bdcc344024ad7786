"""Text by MongoDB's own text index over `searchEntries`: a search reads the pockets of what it may reach only.

The score is MongoDB's, which does not depend on other entries: hits of several pockets can be ranked together.
"""

import logging
from collections.abc import Sequence
from typing import Final

import pymongo
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import OperationFailure

from weft.errors import UnavailableError
from weft.storage.failures import translated
from weft.storage.search.embedded.pockets import POCKETS, pocket_of
from weft.storage.search.embedded.reached import match_of
from weft.storage.search.embedded.word_counts import LARGE, WordCounts
from weft.storage.search.embedded.words import query_words
from weft.storage.types import Collection, Doc
from weft.threads.search import Reach, TextHit

_LOG = logging.getLogger(__name__)
_NAME: Final = "text"
_KEYS: Final[list[tuple[str, int | str]]] = [
    ("pocket", ASCENDING),
    ("text", "text"),
    ("apart", "text"),
    ("threadId", ASCENDING),
    ("userId", ASCENDING),
]
_POCKETS_OF_THREAD: Final = IndexModel([("threadId", ASCENDING), ("pocket", ASCENDING)])
_SECONDS: Final = 10.0
_INDEX_NOT_FOUND: Final = 27
_CONFLICTS: Final = (85, 86)
_NO_INDEX: Final = (2, 27, 291)
_ATTEMPTS: Final = 5


class TextSearch:
    """`language` is one that MongoDB stems words of, or `none`. `large`: entries from which on words are counted."""

    def __init__(self, entries: Collection, language: str, large: int = LARGE) -> None:
        self._entries = entries
        self._language = language
        self._counts = WordCounts(entries, large)

    async def prepare(self) -> None:
        """Makes the indexes; the one of another language is made anew. Searches are refused while it is built."""
        with translated():
            await self._entries.create_indexes([_POCKETS_OF_THREAD])
            for _ in range(_ATTEMPTS):
                if await self._made():
                    return
        raise UnavailableError("processes with different WEFT_SEARCH_LANGUAGE make the text index in turns; use one")

    async def _made(self) -> bool:
        """False when another process made another index meanwhile."""
        there = (await self._entries.index_information()).get(_NAME)
        if there is not None and not self._is_wanted(there):
            _LOG.warning("the text index is made anew", extra={"language": self._language})
            await self._drop()
        try:
            await self._entries.create_index(
                _KEYS, name=_NAME, default_language=self._language, language_override="noLanguageField"
            )
        except OperationFailure as error:
            if error.code in _CONFLICTS:
                return False
            raise
        return True

    def _is_wanted(self, there: Doc) -> bool:
        keys = [name for name, _ in there["key"]]
        same = keys == ["pocket", "_fts", "_ftsx", "threadId", "userId"] and set(there["weights"]) == {"text", "apart"}
        return same and there["default_language"] == self._language

    async def _drop(self) -> None:
        try:
            await self._entries.drop_index(_NAME)
        except OperationFailure as error:
            if error.code != _INDEX_NOT_FOUND:
                raise

    async def find(self, query: str, reach: Reach, limit: int) -> list[TextHit]:
        """The best first; equal scores by the age of the message."""
        words = query_words(query)
        if not words or limit < 1:
            return []
        with translated(), pymongo.timeout(_SECONDS):
            try:
                pockets = await self._pockets(reach)
                if not pockets:
                    return []
                wanted = await self._counts.wanted(words, pockets, reach)
                return await self._in(pockets, " ".join(wanted), reach, limit)
            except OperationFailure as error:
                if error.code in _NO_INDEX:
                    raise UnavailableError("the text index is still being built; try again later") from error
                raise

    async def _pockets(self, reach: Reach) -> Sequence[int]:
        if reach.user_id is not None:
            return [pocket_of(reach.user_id, "")]
        if reach.thread_id is not None:
            return await self._entries.distinct("pocket", {"threadId": reach.thread_id})
        return range(POCKETS)

    async def _in(self, pockets: Sequence[int], search: str, reach: Reach, limit: int) -> list[TextHit]:
        """One question for all pockets: the best of each, and of these the best."""
        first, *others = [_best_of(pocket, search, reach, limit) for pocket in pockets]
        unions = [{"$unionWith": {"coll": self._entries.name, "pipeline": pipeline}} for pipeline in others]
        pipeline = [*first, *unions, *_best(limit)] if unions else first
        docs = await (await self._entries.aggregate(pipeline)).to_list()
        return [TextHit(doc["_id"], doc["score"]) for doc in docs]


def _best_of(pocket: int, search: str, reach: Reach, limit: int) -> list[Doc]:
    match: Doc = {"pocket": pocket, "$text": {"$search": search}, **match_of(reach)}
    return [{"$match": match}, {"$project": {"score": {"$meta": "textScore"}}}, *_best(limit)]


def _best(limit: int) -> list[Doc]:
    return [{"$sort": {"score": DESCENDING, "_id": ASCENDING}}, {"$limit": limit}]

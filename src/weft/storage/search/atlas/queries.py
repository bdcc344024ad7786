"""Searches as aggregation pipelines over `searchEntries`, in the forms that atlas-search.md D.1, D.3 and D.4 give."""

import re
from collections.abc import Sequence
from typing import Any, Final

from weft.storage.search.atlas.indexes import TEXT_INDEX, SearchIndex, vector_index_name, vector_path
from weft.storage.search.embedded.ranking import direction
from weft.storage.search.embedded.words import MOST_WORDS, query_words
from weft.storage.search_entries import binary
from weft.storage.types import Doc
from weft.threads.search import Reach
from weft.threads.vectors import Space

MAX_CANDIDATES: Final = 10_000
_CANDIDATES_A_HIT: Final = 20
_FEWEST_CANDIDATES: Final = 200
_MOST_TERMS: Final = 500
"""Lucene refuses a query of more than 1,024 terms."""
_TERM: Final = re.compile(r"[^\W_\u0e00-\u109f\u1780-\u17ff\u2e80-\U0010ffff]+|\w")
"""What an analyzer may make a term of: a word, and in scripts without spaces every character."""
_JOINED: Final = re.compile(r"(?<=\w)[.:,;_·](?=\w)")
"""What Lucene takes as a part of a word, and people as its end: `note:buy` is one word to it."""


def text_search(query: str, reach: Reach, limit: int) -> list[Doc]:
    """Selects the best `limit` entries with words of the query."""
    compound: Doc = {"must": [{"text": {"query": query, "path": "text"}}]}
    filters = _text_filters(reach)
    if filters:
        compound["filter"] = filters
    return [{"$search": {"index": TEXT_INDEX, "compound": compound}}, {"$limit": limit}]


def vector_search(vector: Sequence[float], space: Space, reach: Reach, limit: int) -> list[Doc]:
    """Selects the nearest `limit` entries. Within one thread they are all compared, else it is approximate."""
    stage: Doc = {
        "index": vector_index_name(space),
        "path": vector_path(space),
        "queryVector": binary(direction(vector).tolist()),
        "limit": limit,
    }
    if reach.thread_id is not None:
        stage["exact"] = True
    else:
        stage["numCandidates"] = min(max(_CANDIDATES_A_HIT * limit, _FEWEST_CANDIDATES), MAX_CANDIDATES)
    chosen = _vector_filter(reach)
    if chosen:
        stage["filter"] = chosen
    return [{"$vectorSearch": stage}]


def fused(text: list[Doc], vector: list[Doc]) -> list[Doc]:
    """Both in one question; what each gave is in the details of the score."""
    return [
        {"$rankFusion": {"input": {"pipelines": {"text": text, "vector": vector}}, "scoreDetails": True}},
        {"$project": {"_id": 1, "details": {"$meta": "scoreDetails"}}},
    ]


def scored(selection: list[Doc], meta: str) -> list[Doc]:
    return [*selection, {"$project": {"_id": 1, "score": {"$meta": meta}}}]


def probe(index: SearchIndex) -> list[Doc]:
    """A search that any index in working order answers."""
    if index.space is None:
        return [{"$search": {"index": index.name, "exists": {"path": "threadId"}}}, {"$limit": 1}]
    return vector_search([1.0, *[0.0] * (index.space.dimension - 1)], index.space, Reach(), 1)


def searchable(query: str) -> str:
    """What is asked for of a query: the whole of it, of a long one the most telling words."""
    pieces = query.split()
    if len(pieces) > MOST_WORDS or len(_TERM.findall(query)) > _MOST_TERMS:
        return " ".join(query_words(query))
    parts = [part for piece in pieces if _JOINED.search(piece) for part in _JOINED.split(piece)]
    return " ".join([*pieces, *parts])


def _text_filters(reach: Reach) -> list[Doc]:
    filters = [_equals("threadId", reach.thread_id), _equals("userId", reach.user_id)]
    found = [one for one in filters if one is not None]
    before = reach.before
    if before is None or reach.thread_id not in (None, before.thread_id):
        return found
    earlier: Doc = {"range": {"path": "order", "lt": before.order}}
    if reach.thread_id is not None:
        return [*found, earlier]
    elsewhere = {
        "compound": {
            "must": [{"exists": {"path": "threadId"}}],
            "mustNot": [{"equals": {"path": "threadId", "value": before.thread_id}}],
        }
    }
    return [*found, {"compound": {"should": [elsewhere, earlier], "minimumShouldMatch": 1}}]


def _equals(path: str, value: str | None) -> Doc | None:
    return None if value is None else {"equals": {"path": path, "value": value}}


def _vector_filter(reach: Reach) -> Doc:
    chosen: dict[str, Any] = {}
    if reach.thread_id is not None:
        chosen["threadId"] = {"$eq": reach.thread_id}
    if reach.user_id is not None:
        chosen["userId"] = {"$eq": reach.user_id}
    before = reach.before
    if before is None or reach.thread_id not in (None, before.thread_id):
        return chosen
    earlier: Doc = {"order": {"$lt": before.order}}
    if reach.thread_id is not None:
        return chosen | earlier
    return chosen | {"$or": [{"threadId": {"$ne": before.thread_id}}, earlier]}

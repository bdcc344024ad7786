"""The search indexes of `searchEntries`: one for text, one for each vector space.

What is wanted follows from the spaces alone. An index that has more than is wanted is left as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from weft.settings import SearchLanguage
from weft.storage.types import Doc
from weft.threads.vectors import Space

TEXT_INDEX: Final = "weft_text"
VECTOR_INDEX: Final = "weft_vector_"
"""What the names of indexes of vectors begin with; the key of the space follows."""

LANGUAGES: Final = frozenset(get_args(SearchLanguage)) - {"none"}
"""Those whose words both MongoDB and Lucene can cut to their stems."""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """An index as it is wanted. `space`: None for that of text."""

    name: str
    type: Literal["search", "vectorSearch"]
    definition: Doc
    space: Space | None = None


def text_index(language: str = "english") -> SearchIndex:
    """`language`: by whose rules words are cut to their stems; `none` for no such rules."""
    analyzer = f"lucene.{language}" if language in LANGUAGES else "lucene.standard"
    fields = {
        "text": {"type": "string", "analyzer": analyzer},
        "threadId": {"type": "token"},
        "userId": {"type": "token"},
        "order": {"type": "number"},
    }
    return SearchIndex(TEXT_INDEX, "search", {"mappings": {"dynamic": False, "fields": fields}})


def vector_index(space: Space) -> SearchIndex:
    vector = {
        "type": "vector",
        "path": vector_path(space),
        "numDimensions": space.dimension,
        "similarity": "cosine",
    }
    filters = [{"type": "filter", "path": path} for path in ("threadId", "userId", "order")]
    return SearchIndex(vector_index_name(space), "vectorSearch", {"fields": [vector, *filters]}, space)


def vector_index_name(space: Space) -> str:
    return VECTOR_INDEX + space.key


def vector_path(space: Space) -> str:
    return f"vectors.{space.key}"


def wanted_indexes(spaces: Sequence[Space], language: str = "english") -> list[SearchIndex]:
    return [text_index(language), *(vector_index(space) for space in spaces)]


def is_ours(name: str) -> bool:
    return name == TEXT_INDEX or name.startswith(VECTOR_INDEX)


def fits(found: Mapping[str, Any], index: SearchIndex) -> bool:
    """Whether an index as the server lists it does what is wanted; one whose definition is not told counts as such."""
    definition = found.get("latestDefinition", found.get("definition"))
    return definition is None or _covers(definition, index.definition)


def _covers(found: Any, wanted: Any) -> bool:
    """Whether `found` says all that `wanted` says; a server adds its defaults, and people may add fields."""
    if isinstance(wanted, dict):
        ways = _as_list(found)  # a field may be mapped in more ways than one
        return any(_has(way, cast("Doc", wanted)) for way in ways)
    if isinstance(wanted, list):
        return all(any(_covers(each, one) for each in _as_list(found)) for one in _as_list(wanted))
    return bool(found == wanted)


def _has(found: Any, wanted: Doc) -> bool:
    if not isinstance(found, Mapping):
        return False
    there = dict(cast("Mapping[str, Any]", found))
    return all(name in there and _covers(there[name], value) for name, value in wanted.items())


def _as_list(value: Any) -> list[Any]:
    return list(cast("Sequence[Any]", value)) if isinstance(value, list) else [value]

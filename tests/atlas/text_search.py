"""`$search`: one operator on one index."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from tests.atlas.entries import Entries
from tests.atlas.fields import Fields
from tests.atlas.hits import Found
from tests.atlas.operators import Operator, parse_operator
from tests.atlas.refusals import beyond, by_mongot, failed_to_parse
from tests.atlas.values import as_doc

DEFAULT_INDEX: Final = "default"
_NOT_STOOD_IN: Final = (
    "highlight",
    "sort",
    "count",
    "facet",
    "searchAfter",
    "searchBefore",
    "returnStoredSource",
    "scoreDetails",
    "tracking",
)


@dataclass(frozen=True, slots=True)
class TextSearch:
    """What a stage asks for."""

    index: str
    operator: Operator

    @classmethod
    def of(cls, spec: object) -> "TextSearch":
        """Raises Refused for whatever Atlas refuses before it looks at an index."""
        doc = as_doc(spec)
        if doc is None:
            raise failed_to_parse("$search value must be an object")
        given = Fields(doc, "", by_mongot)
        index = given.text("index", DEFAULT_INDEX)
        given.flag("concurrent", False)
        for name in _NOT_STOOD_IN:
            if name in given.names():
                raise beyond(f"{name} of $search")
        names = given.names()
        if len(names) != 1:
            raise by_mongot("one and only one operator must be present")
        return cls(index, parse_operator(names[0], given.take(names[0]), ""))

    def run(self, entries: Entries) -> list[Found]:
        """The hits in an index. Raises Refused when it is not one for this question."""
        scores = self.operator(entries)
        keyed = sorted(scores, key=lambda key: (-_score(scores[key]), entries.by_key[key].number))
        return [Found(entries.by_key[key].id, _score(scores[key])) for key in keyed]


def _score(value: float) -> float:
    """As precise as Lucene gives it."""
    return float(np.float32(value))

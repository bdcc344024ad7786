"""`$vectorSearch`: the nearest vectors, found by looking at every one, with Atlas's rules and scores."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from bson import Binary
from bson.binary import VECTOR_SUBTYPE
from tests.atlas.entries import Entries, Entry
from tests.atlas.fields import Fields
from tests.atlas.filters import parse_filter
from tests.atlas.hits import Found
from tests.atlas.refusals import Refused, beyond, by_mongot, failed_to_parse
from tests.atlas.values import Vector, as_doc, as_list, is_number, vector_of

MAX_CANDIDATES: Final = 10_000
_NOT_STOOD_IN: Final = ("query", "model", "parentFilter", "nestedOptions", "returnStoredSource", "explainOptions")


@dataclass(frozen=True, slots=True)
class VectorSearch:
    """What a stage asks for. `filter` is looked at when the index is known."""

    index: str
    path: str
    vector: Vector
    limit: int
    filter: object

    @classmethod
    def of(cls, spec: object) -> "VectorSearch":
        """Raises Refused for whatever Atlas refuses before it looks at an index."""
        doc = as_doc(spec)
        if doc is None:
            raise failed_to_parse("$vectorSearch value must be an object")
        _limit_for_mongod(doc.get("limit"))
        given = Fields(doc, "", by_mongot)
        for name in _NOT_STOOD_IN:
            if name in given.names():
                raise beyond(f"{name} of $vectorSearch")
        index, path = given.text("index"), given.field_path("path")
        vector = _query_vector(given.take("queryVector"))
        limit = given.integer("limit", 1, 2**31 - 1)
        _candidates(given, limit)
        wanted = given.take("filter", {})
        given.done()
        return cls(index, path, vector, limit, wanted)

    def run(self, entries: Entries) -> list[Found]:
        """The hits in an index. Raises Refused when it is not one for this question."""
        field = entries.definition.vectors.get(self.path)
        if field is None:
            raise by_mongot(f"{self.path} is not indexed as vector")
        if len(self.vector) != field.dimensions:
            text = f"vector field is indexed with {field.dimensions} dimensions but queried with {len(self.vector)}"
            raise by_mongot(text)
        if field.similarity == "cosine" and not self.vector.any():
            raise by_mongot("Cosine similarity cannot be calculated against a zero vector.")
        lets_through = parse_filter(self.filter, entries.definition.filters)
        found = [entry for entry in entries.by_key.values() if self.path in entry.vectors and lets_through(entry)]
        scored = [(score(field.similarity, entry.vectors[self.path], self.vector), entry) for entry in found]
        scored.sort(key=_best_first)
        return [Found(entry.id, value) for value, entry in scored[: self.limit]]


def score(similarity: str, stored: Vector, wanted: Vector) -> float:
    """0 to 1, the greater the nearer; as precise as Lucene gives it, a 32-bit float."""
    left, right = stored.astype(np.float64), wanted.astype(np.float64)
    match similarity:
        case "cosine":
            cosine = float(left @ right) / math.sqrt(float(left @ left) * float(right @ right))
            value = (1 + max(-1.0, min(1.0, cosine))) / 2
        case "dotProduct":
            value = max(0.0, (1 + float(left @ right)) / 2)
        case _:
            value = 1 / (1 + float((left - right) @ (left - right)))
    return float(np.float32(value))


def _best_first(scored: tuple[float, Entry]) -> tuple[float, int]:
    return -scored[0], scored[1].number


def _limit_for_mongod(limit: object) -> None:
    """What mongod says before it asks the search process."""
    if limit is None:
        return
    if not is_number(limit):
        raise Refused("Expected limit to be a number", 8575100)
    if float(limit) <= 0:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        raise Refused("Expected limit to be positive", 7912700)


def _query_vector(value: Any) -> Vector:
    if isinstance(value, Binary) and value.subtype == VECTOR_SUBTYPE and vector_of(value) is None:
        raise beyond("a query vector but of 32-bit floats")
    numbers = as_list(value)
    if numbers == []:
        raise by_mongot('"queryVector" cannot be empty')
    for position, number in enumerate(numbers or ()):
        if not is_number(number):
            raise by_mongot(f'"queryVector[{position}]" must be a number')
    vector = vector_of(value)
    if vector is None or not len(vector):
        raise by_mongot('"queryVector" must be an array of numbers or a BSON vector')
    for position in np.flatnonzero(~np.isfinite(vector)).tolist():
        raise by_mongot(f'"queryVector[{position}]" must be finite')
    return vector


def _candidates(given: Fields, limit: int) -> None:
    if given.flag("exact", False):
        if "numCandidates" in given.names():
            raise by_mongot('"numCandidates" must be omitted when "exact" is set to true')
        return
    if given.integer("numCandidates", 1, MAX_CANDIDATES) < limit:
        raise by_mongot('"numCandidates" must be greater than or equal to "limit"')

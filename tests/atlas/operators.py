"""The operators of `$search`: each is a question to an index, answered by the documents that match and their scores."""

from collections.abc import Callable
from typing import Any, Final

from tests.atlas.analysis import words
from tests.atlas.bm25 import Field, phrase_scores, summed, word_scores
from tests.atlas.definitions import Definition
from tests.atlas.entries import Entries, Entry
from tests.atlas.fields import Fields
from tests.atlas.refusals import beyond, by_mongot
from tests.atlas.values import ORDERED, Scalar, as_list, is_path, scalar

Scores = dict[bytes, float]
Operator = Callable[[Entries], Scores]
"""Raises Refused when the index does not hold what it asks for."""

NOT_STOOD_IN: Final = ("autocomplete", "queryString", "wildcard", "regex", "vectorSearch")


def parse_operator(name: str, value: object, at: str) -> Operator:
    """Raises Refused for what is not written as Atlas wants it."""
    if name not in _PARSERS:
        if name in NOT_STOOD_IN:
            raise beyond(f"the operator {name}")
        raise by_mongot(f'unrecognized field "{name}"' if not at else f'"{at}" unrecognized field "{name}"')
    given = Fields(value, f"{at}.{name}" if at else name, by_mongot)
    operator = _PARSERS[name](given)
    if "score" in given.names():
        raise beyond(f"score of the operator {name}")
    given.done()
    return operator


def _compound(given: Fields) -> Operator:
    must, must_not, should, kept = (_clauses(given, name) for name in ("must", "mustNot", "should", "filter"))
    if not (must or should or kept):
        raise (
            beyond("a compound with nothing but mustNot")
            if must_not
            else given.refuse(f'"{given.path}" must have at least one clause')
        )
    least = given.integer("minimumShouldMatch", 0, len(should), 0)
    least = max(least, 0 if must or kept else 1)

    def answer(entries: Entries) -> Scores:
        needed, wanted = [clause(entries) for clause in must], [clause(entries) for clause in should]
        held, barred = [clause(entries) for clause in kept], [clause(entries) for clause in must_not]

        def matches(key: bytes) -> bool:
            bounds = all(key in one for one in (*needed, *held)) and not any(key in one for one in barred)
            return bounds and sum(key in one for one in wanted) >= least

        scores = summed([*needed, *wanted])
        return {key: scores.get(key, 0.0) for key in entries.by_key if matches(key)}

    return answer


def _clauses(given: Fields, name: str) -> list[Operator]:
    value = given.take(name, [])
    several = as_list(value)
    at = given.at(name)
    placed = [(at, value)] if several is None else [(f"{at}[{number}]", one) for number, one in enumerate(several)]
    return [_clause(one, path) for path, one in placed]


def _clause(value: object, at: str) -> Operator:
    clause = Fields(value, at, by_mongot)
    names = clause.names()
    if len(names) != 1:
        raise by_mongot(f'"{at}" must have exactly one operator')
    return parse_operator(names[0], clause.take(names[0]), at)


def _text(given: Fields) -> Operator:
    queries, path = _queries(given), _one_path(given)
    every = given.choice("matchCriteria", ("any", "all"), "any") == "all"
    _not_here(given, "fuzzy", "synonyms")

    def answer(entries: Entries) -> Scores:
        field = Field.of(entries, _of_type(entries.definition, path, "string"))
        wanted = [word for query in queries for word in entries.definition.words(path, query)]
        found = [word_scores(field, word) for word in wanted]
        scores = summed(found)
        return {key: score for key, score in scores.items() if not every or all(key in one for one in found)}

    return answer


def _phrase(given: Fields) -> Operator:
    queries, path = _queries(given), _one_path(given)
    if given.integer("slop", 0, 2**31 - 1, 0):
        raise beyond("slop of the operator phrase")
    _not_here(given, "synonyms")
    phrases = [found for query in queries if (found := words(query))]

    def answer(entries: Entries) -> Scores:
        field = Field.of(entries, _of_type(entries.definition, path, "string"))
        if entries.definition.is_english(path):
            raise beyond("a phrase in English, where words are left out,")
        return summed(phrase_scores(field, phrase) for phrase in phrases)

    return answer


def _equals(given: Fields) -> Operator:
    path, wanted = given.field_path("path"), _value(given, "value", given.take("value"))
    return _having(path, wanted[0], lambda found: found == wanted)


def _in(given: Fields) -> Operator:
    path, value = _one_path(given), given.take("value")
    several = as_list(value)
    if several == []:
        raise given.wrong("value", "cannot be empty")
    wanted = [_value(given, "value", one) for one in ([value] if several is None else several)]
    if len({kind for kind, _ in wanted}) > 1 or wanted[0][0] == "null":
        raise given.wrong("value", "must have values of one type")
    return _having(path, wanted[0][0], lambda found: found in wanted)


def _range(given: Fields) -> Operator:
    path = _one_path(given)
    bounds = {
        name: _value(given, name, given.take(name)) for name in ("gt", "gte", "lt", "lte") if name in given.names()
    }
    kinds = {kind for kind, _ in bounds.values()}
    if not bounds or {"gt", "gte"} <= bounds.keys() or {"lt", "lte"} <= bounds.keys():
        raise by_mongot(f'"{given.path}" must have one lower bound, one upper bound or both')
    if len(kinds) > 1 or not kinds <= set(ORDERED):
        raise by_mongot(f'"{given.path}" bounds must be of one type: numbers, dates, strings or objectIds')
    return _having(path, next(iter(kinds)), lambda found: all(_within(found, *bound) for bound in bounds.items()))


def _within(found: Scalar, name: str, bound: Scalar) -> bool:
    if found[0] != bound[0]:
        return False
    left, right = found[1], bound[1]
    match name:
        case "gt":
            return bool(left > right)
        case "gte":
            return bool(left >= right)
        case "lt":
            return bool(left < right)
        case _:
            return bool(left <= right)


def _exists(given: Fields) -> Operator:
    path = given.field_path("path")

    def there(entry: Entry) -> bool:
        held = {*entry.scalars, *entry.texts}
        return any(name == path or name.startswith(f"{path}.") for name in held)

    return lambda entries: {key: 1.0 for key, entry in entries.by_key.items() if there(entry)}


_PARSERS: Final[dict[str, Callable[[Fields], Operator]]] = {
    "compound": _compound,
    "text": _text,
    "phrase": _phrase,
    "equals": _equals,
    "in": _in,
    "range": _range,
    "exists": _exists,
}


def _having(path: str, kind: str, holds: Callable[[Scalar], bool]) -> Operator:
    """The documents with such a value, each with the score 1."""

    def answer(entries: Entries) -> Scores:
        _of_type(entries.definition, path, kind)
        return {key: 1.0 for key, entry in entries.by_key.items() if any(map(holds, entry.scalars.get(path, ())))}

    return answer


def _of_type(definition: Definition, path: str, kind: str) -> str:
    """The path, when it is indexed so."""
    dynamic = definition.is_dynamic(path) and kind != "token"
    types = definition.types.get(path, {})
    if not (dynamic or kind in types or (kind == "null" and types)):
        raise by_mongot(f"Path '{path}' needs to be indexed as {kind}")
    return path


def _queries(given: Fields) -> list[str]:
    value = given.take("query")
    several = as_list(value)
    queries = [value] if several is None else several
    if not queries:
        raise given.wrong("query", "cannot be empty")
    for query in queries:
        if not isinstance(query, str):
            raise given.wrong("query", "must be a string or an array of strings")
        if not query:
            raise given.wrong("query", "cannot be empty")
    return queries


def _one_path(given: Fields) -> str:
    value = given.take("path")
    several = as_list(value)
    if several == []:
        raise given.wrong("path", "cannot be empty")
    if isinstance(value, dict) or (several is not None and len(several) > 1):
        raise beyond(f"more than one path, in {given.at('path')},")
    path: Any = value if several is None else several[0]
    if not is_path(path):
        raise given.wrong("path", "must be the path of a field")
    return str(path)


def _value(given: Fields, name: str, value: object) -> Scalar:
    found = scalar(value)
    if found is None:
        raise given.wrong(name, "must be a boolean, date, number, objectId, string, uuid or null")
    return found


def _not_here(given: Fields, *names: str) -> None:
    for name in names:
        if name in given.names():
            raise beyond(f"{name} of {given.path}")

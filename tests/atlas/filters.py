"""The filter of `$vectorSearch`: the part of MongoDB's query language that the index can answer."""

from collections.abc import Callable, Collection
from typing import Any, Final

from tests.atlas.entries import Entry
from tests.atlas.refusals import by_mongot
from tests.atlas.values import ORDERED, Scalar, as_doc, as_list, is_path, scalar

Predicate = Callable[[Entry], bool]

_LOGICAL: Final = ("$and", "$or", "$nor")
_BOUNDS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "$gt": lambda value, bound: value > bound,
    "$gte": lambda value, bound: value >= bound,
    "$lt": lambda value, bound: value < bound,
    "$lte": lambda value, bound: value <= bound,
}


def parse_filter(value: object, indexed: Collection[str], at: str = "filter") -> Predicate:
    """Which entries a filter lets through. Raises Refused, also for a path that is not in `indexed`."""
    doc = as_doc(value)
    if doc is None:
        raise by_mongot(f'"{at}" must be a document')
    return _all([_clause(name, inner, indexed, at) for name, inner in doc.items()])


def _clause(name: str, value: object, indexed: Collection[str], at: str) -> Predicate:
    if name in _LOGICAL:
        return _logical(name, value, indexed, f"{at}.{name}")
    if not is_path(name):
        raise by_mongot(f'"{at}" unrecognized operator "{name}"')
    doc = as_doc(value)
    if doc is None or not any(key.startswith("$") for key in doc):
        return _equal(name, value, indexed, f"{at}.{name}")
    return _operators(name, doc, indexed, f"{at}.{name}")


def _logical(name: str, value: object, indexed: Collection[str], at: str) -> Predicate:
    clauses = as_list(value)
    if not clauses:
        raise by_mongot(f'"{at}" must be an array that is not empty')
    parts = [parse_filter(clause, indexed, f"{at}[{number}]") for number, clause in enumerate(clauses)]
    if name == "$and":
        return _all(parts)
    either: Predicate = lambda entry: any(part(entry) for part in parts)  # noqa: E731
    return either if name == "$or" else _not(either)


def _operators(path: str, doc: dict[str, Any], indexed: Collection[str], at: str) -> Predicate:
    return _all([_operator(path, name, value, indexed, f"{at}.{name}") for name, value in doc.items()])


def _operator(path: str, name: str, value: object, indexed: Collection[str], at: str) -> Predicate:
    match name:
        case "$eq":
            return _equal(path, value, indexed, at)
        case "$ne":
            if value is None:
                raise by_mongot(f'"{at}" cannot be null')
            return _not(_equal(path, value, indexed, at))
        case "$in":
            return _one_of(path, value, indexed, at)
        case "$nin":
            return _not(_one_of(path, value, indexed, at))
        case "$not":
            inner = as_doc(value)
            if not inner:
                raise by_mongot(f'"{at}" must be a document of operators')
            return _not(_operators(path, inner, indexed, at))
        case "$exists":
            return _exists(path, value, indexed, at)
        case _ if name in _BOUNDS:
            return _bound(path, name, value, indexed, at)
        case _:
            raise by_mongot(f'"{at.removesuffix("." + name)}" unrecognized operator "{name}"')


def _equal(path: str, value: object, indexed: Collection[str], at: str) -> Predicate:
    wanted = _scalar(path, value, indexed, at)
    return lambda entry: wanted in entry.scalars.get(path, ())


def _one_of(path: str, value: object, indexed: Collection[str], at: str) -> Predicate:
    values = as_list(value)
    if not values:
        raise by_mongot(f'"{at}" must be an array that is not empty')
    if None in values:
        raise by_mongot(f'"{at}" cannot contain null')
    wanted = [_scalar(path, one, indexed, f"{at}[{number}]") for number, one in enumerate(values)]
    if len({kind for kind, _ in wanted}) > 1:
        raise by_mongot(f'"{at}" must have values of one type')
    return lambda entry: any(found in wanted for found in entry.scalars.get(path, ()))


def _bound(path: str, name: str, value: object, indexed: Collection[str], at: str) -> Predicate:
    kind, bound = _scalar(path, value, indexed, at)
    if kind not in ORDERED:
        raise by_mongot(f'"{at}" must be a number, a date, a string or an objectId')
    holds = _BOUNDS[name]
    return lambda entry: any(found[0] == kind and holds(found[1], bound) for found in entry.scalars.get(path, ()))


def _exists(path: str, value: object, indexed: Collection[str], at: str) -> Predicate:
    if not isinstance(value, bool):
        raise by_mongot(f'"{at}" must be a boolean')
    _require_indexed(path, "token", indexed)
    return lambda entry: (path in entry.scalars) is value


def _scalar(path: str, value: object, indexed: Collection[str], at: str) -> Scalar:
    found = scalar(value)
    if found is None:
        raise by_mongot(f'"{at}" must be a boolean, date, number, objectId, string, uuid or null')
    _require_indexed(path, "token" if found[0] == "null" else found[0], indexed)
    return found


def _require_indexed(path: str, kind: str, indexed: Collection[str]) -> None:
    if path not in indexed:
        raise by_mongot(f"Path '{path}' needs to be indexed as {kind}")


def _all(parts: list[Predicate]) -> Predicate:
    return lambda entry: all(part(entry) for part in parts)


def _not(part: Predicate) -> Predicate:
    return lambda entry: not part(entry)

"""Where in a pipeline a search stage may be."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from tests.atlas.refusals import Refused, beyond, in_facet, in_lookup, not_first
from tests.atlas.values import as_doc, as_list

SEARCH_STAGES: Final = ("$vectorSearch", "$search", "$searchMeta", "$rankFusion", "$listSearchIndexes")


def searches(pipeline: Sequence[Any]) -> Iterator[str]:
    """The names of all search stages, also of pipelines within, in the order of their places."""
    for stage in pipeline:
        name, value = _parts(stage)
        if name in SEARCH_STAGES:
            yield name
        for _, inner in (*_inner(name, value), *_inputs(name, value)):
            yield from searches(inner)


def check_places(pipeline: Sequence[Any], within: str | None = None) -> None:
    """Raises Refused for a search stage that is not first, or in a pipeline where none may be."""
    for place, stage in enumerate(pipeline):
        name, value = _parts(stage)
        if as_doc(stage) is None:
            raise Refused("Each element of the 'pipeline' array must be an object", 14, "TypeMismatch")
        if len(stage) != 1:
            raise Refused("A pipeline stage specification object must contain exactly one field.", 40323)
        if name in SEARCH_STAGES and (within is not None or place):
            raise _misplaced(name, within)
        for outer, inner in _inner(name, value):
            check_places(inner, outer if outer != "$unionWith" else within)


def _misplaced(name: str, within: str | None) -> Refused:
    match within:
        case "$lookup":
            return in_lookup(name) if name == "$vectorSearch" else beyond(f"{name} in $lookup")
        case "$facet":
            return in_facet(name)
        case _:
            return not_first(name)


def _parts(stage: object) -> tuple[str, Any]:
    return next(iter((as_doc(stage) or {"": None}).items()))


def _inner(name: str, value: object) -> list[tuple[str, list[Any]]]:
    """The pipelines within a stage, each with the stage's name."""
    doc = as_doc(value) or {}
    if name == "$facet":
        return [(name, inner) for facet in doc.values() if (inner := as_list(facet)) is not None]
    inner = as_list(doc.get("pipeline")) if name in ("$lookup", "$unionWith") else None
    return [] if inner is None else [(name, inner)]


def _inputs(name: str, value: object) -> list[tuple[str, list[Any]]]:
    """The pipelines of a `$rankFusion`."""
    given = as_doc((as_doc(value) or {}).get("input")) or {} if name == "$rankFusion" else {}
    pipelines = as_doc(given.get("pipelines")) or {}
    return [(name, inner) for pipeline in pipelines.values() if (inner := as_list(pipeline)) is not None]

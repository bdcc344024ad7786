"""A pipeline that begins with a search, written such that a mongod without search can run it.

The hits are found first. Then the pipeline begins with a look-up of their ids in the collection, as Atlas's does: what
was deleted meanwhile is not there, and bodies are those of now. A field beside each document carries rank and score
through the stages that keep metadata, takes the place of every `$meta`, and is taken off at the end.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.atlas.hits import Found
from tests.atlas.refusals import metadata_missing
from tests.atlas.values import as_doc, as_list

from weft.storage.types import Doc

HIDDEN: Final = "__atlas"
"""The field beside each document."""
_TAKEN_OFF: Final[Doc] = {"$unset": HIDDEN}
_WITHOUT: Final[Doc] = {"$unsetField": {"field": HIDDEN, "input": "$$ROOT"}}
_FORGETS: Final = ("$group", "$count", "$sortByCount", "$bucket", "$bucketAuto")
_WRITES: Final = ("$out", "$merge")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What `$meta` can mean at a stage: paths into the hidden field. `carried`: whether that field is there.

    `names` are those that the server has ever heard of.
    """

    names: Collection[str]
    paths: Mapping[str, str] = field(default_factory=dict[str, str])
    carried: bool = False

    def path(self, name: object) -> str | None:
        """Where it is; None for metadata that has nothing to do with search."""
        if name in self.paths:
            return self.paths[str(name)]
        if name in self.names:
            raise metadata_missing(str(name))
        return None

    def after(self, *names: str) -> "Metadata":
        """What is known after a search stage that makes these known, if the server has ever heard of them."""
        known = [name for name in names if name in self.names]
        paths = {name: f"{HIDDEN}.details" if name == "scoreDetails" else f"{HIDDEN}.score" for name in known}
        return Metadata(self.names, paths, carried=True)

    def forgotten(self) -> "Metadata":
        return Metadata(self.names)

    def joined(self, other: "Metadata") -> "Metadata":
        """What is known of documents of either origin."""
        return Metadata(self.names, {**self.paths, **other.paths}, self.carried or other.carried)


def hits_first(found: Sequence[Found]) -> list[Doc]:
    """The stages that give these documents in this order, as far as they are still there."""
    ids = {"$literal": [hit.id for hit in found]}
    kept: dict[str, list[Any]] = {"score": [hit.score for hit in found]}
    if any(hit.details is not None for hit in found):
        kept["details"] = [hit.details for hit in found]
    at_rank = {name: {"$arrayElemAt": [{"$literal": values}, "$$rank"]} for name, values in kept.items()}
    hidden = {"$let": {"vars": {"rank": {"$indexOfArray": [ids, "$_id"]}}, "in": {"rank": "$$rank", **at_rank}}}
    return [
        {"$match": {"_id": {"$in": ids["$literal"]}}},
        {"$set": {HIDDEN: hidden}},
        {"$sort": {f"{HIDDEN}.rank": 1}},
    ]


def run_on(stages: Sequence[Doc], metadata: Metadata) -> tuple[list[Doc], Metadata]:
    """The stages after a search, and what is known after them. Raises Refused for metadata that is not there."""
    done: list[Doc] = []
    for stage in stages:
        new, metadata = following(stage, metadata)
        done += new
    return done, metadata


def closed(stages: Sequence[Doc], metadata: Metadata) -> list[Doc]:
    """The whole pipeline, without the hidden field in what comes out."""
    ends_in_write = bool(stages) and next(iter(stages[-1])) in _WRITES
    return [*stages, _TAKEN_OFF] if metadata.carried and not ends_in_write else list(stages)


def following(stage: Doc, known: Metadata) -> tuple[list[Doc], Metadata]:
    """One stage, as `run_on`."""
    name, value = next(iter(stage.items()))
    new, after = _stage(name, value, known)
    return [_TAKEN_OFF, new] if name in _WRITES and known.carried else [new], after


def _stage(name: str, value: Any, known: Metadata) -> tuple[Doc, Metadata]:
    if name in _FORGETS:
        return {name: _expression(value, known)}, known.forgotten()
    match name:
        case "$project":
            return {name: _projection(as_doc(value) or {}, known)}, known
        case "$sort":
            return {name: dict(_sort_key(key, order, known) for key, order in (as_doc(value) or {}).items())}, known
        case "$match":
            return {name: _condition(value, known)}, known
        case "$replaceRoot" | "$replaceWith" if known.carried:
            root = (as_doc(value) or {}).get("newRoot") if name == "$replaceRoot" else value
            merged = {"$mergeObjects": [_expression(root, known), {HIDDEN: f"${HIDDEN}"}]}
            return {"$replaceWith": merged}, known
        case "$facet":
            return {name: _facets(as_doc(value), known)}, known.forgotten()
        case _:
            return {name: _other(name, value, known)}, known


def _facets(value: Doc | None, known: Metadata) -> Any:
    """Each pipeline of a `$facet`; whatever is no pipeline stays as it is."""
    stages = {key: as_list(inner) for key, inner in (value or {}).items()}
    rewritten = {key: closed(*run_on(inner, known)) for key, inner in stages.items() if inner is not None}
    return None if value is None else value | rewritten


def _other(name: str, value: Any, known: Metadata) -> Any:
    """A stage whose pipeline, if it has one, is about other documents."""
    if name == "$unionWith":
        return value
    inner = as_doc(value)
    if name == "$lookup" and inner is not None:
        return inner | ({"let": _expression(inner["let"], known)} if "let" in inner else {})
    return _expression(value, known)


def _projection(spec: Doc, known: Metadata) -> Doc:
    keeps = known.carried and not _excludes(spec)
    return {key: _expression(value, known) for key, value in spec.items()} | ({HIDDEN: 1} if keeps else {})


def _excludes(spec: Doc) -> bool:
    """Whether a projection names what is left out."""
    others = {key: value for key, value in spec.items() if key != "_id"} or spec
    return any(_is_off(value) for value in others.values())


def _is_off(value: Any) -> bool:
    inner = as_doc(value)
    if inner is not None:
        return not any(key.startswith("$") for key in inner) and any(map(_is_off, inner.values()))
    return isinstance(value, bool | int | float) and not value


def _sort_key(key: str, order: Any, known: Metadata) -> tuple[str, Any]:
    inner = as_doc(order)
    path = None if inner is None or "$meta" not in inner else known.path(inner["$meta"])
    return (key, order) if path is None else (path, -1)


def _condition(value: Any, known: Metadata) -> Any:
    doc, several = as_doc(value), as_list(value)
    if doc is not None:
        return {key: _expression(one, known) if key == "$expr" else _condition(one, known) for key, one in doc.items()}
    return value if several is None else [_condition(one, known) for one in several]


def _expression(value: Any, known: Metadata) -> Any:
    doc, several = as_doc(value), as_list(value)
    if doc is not None:
        if "$literal" in doc:
            return doc
        if "$meta" in doc:
            path = known.path(doc["$meta"])
            return doc if path is None else f"${path}"
        return {key: _expression(one, known) for key, one in doc.items()}
    if several is not None:
        return [_expression(one, known) for one in several]
    return _WITHOUT if known.carried and value in ("$$ROOT", "$$CURRENT") else value

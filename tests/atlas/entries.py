"""What an index holds of one document, and of all of them: made from a document once, and changed only by the next."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.atlas.definitions import SCALAR_TYPES, Definition
from tests.atlas.values import Scalar, Vector, as_doc, as_list, scalars_at, values_at, vector_at
from tests.atlas.wire import encode

from weft.storage.types import Doc

GAP = ""
"""Stands between the words of two values of a field, so that no phrase reaches over."""


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a field in their places, and how often each is there."""

    words: tuple[str, ...]
    counts: Counter[str]

    @property
    def length(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Entry:
    """`number` counts the writes to the index: of equal hits, the one that was written first comes first."""

    id: Any
    number: int
    vectors: dict[str, Vector]
    scalars: dict[str, list[Scalar]]
    texts: dict[str, Text]


@dataclass(slots=True)
class Entries:
    """The entries of an index, by `key_of` their documents' ids."""

    definition: Definition
    by_key: dict[bytes, Entry] = field(default_factory=dict[bytes, Entry])
    written: int = 0

    def put(self, doc: Doc) -> None:
        self.written += 1
        entry = _entry(doc, self.definition, self.written)
        self.by_key[key_of(entry.id)] = entry

    def remove(self, document_id: Any) -> None:
        self.by_key.pop(key_of(document_id), None)


def key_of(document_id: Any) -> bytes:
    """An id as something that a dictionary can be keyed by."""
    return encode({"": document_id})


def _entry(doc: Doc, definition: Definition, number: int) -> Entry:
    vectors = {path: vector_at(doc, path, made.dimensions) for path, made in definition.vectors.items()}
    scalars = {path: scalars_at(doc, path) for path in definition.filters}
    texts: dict[str, Text] = {}
    for path, types in _types(doc, definition).items():
        found = [value for value in scalars_at(doc, path) if value[0] in types or value[0] == "null"]
        scalars[path] = [_normalized(value, types.get("token", "")) for value in found]
        if "string" in types:
            values = [value for value in values_at(doc, path) if isinstance(value, str)]
            texts[path] = _text([definition.words(path, value) for value in values])
    return Entry(
        doc["_id"],
        number,
        {
            path: vector
            for path, vector in vectors.items()
            if vector is not None and _has_direction(definition, path, vector)
        },
        {path: found for path, found in scalars.items() if found},
        {path: text for path, text in texts.items() if text.counts},
    )


def _has_direction(definition: Definition, path: str, vector: Vector) -> bool:
    return definition.vectors[path].similarity != "cosine" or bool(vector.any())


def _normalized(value: Scalar, normalizer: str) -> Scalar:
    return ("token", value[1].lower()) if value[0] == "token" and normalizer == "lowercase" else value


def _text(values: list[list[str]]) -> Text:
    placed: list[str] = []
    for words in values:
        placed += [*words, GAP]
    counts = Counter(placed)
    del counts[GAP]
    return Text(tuple(placed), counts)


def _types(doc: Doc, definition: Definition) -> dict[str, dict[str, str]]:
    """How each field of a document is indexed: as it is defined, or in a dynamic document as what it is."""
    plain = dict.fromkeys([kind for kind in SCALAR_TYPES if kind != "token"], "")
    dynamic = {path: {"string": "", **plain} for path in _paths(doc, "") if definition.is_dynamic(path)}
    return dynamic | definition.types


def _paths(doc: Doc, prefix: str) -> list[str]:
    found: list[str] = []
    for name, value in doc.items():
        path = f"{prefix}.{name}" if prefix else name
        inner = [one for one in map(as_doc, as_list(value) or [value]) if one is not None]
        found += [path, *(deeper for one in inner for deeper in _paths(one, path))]
    return list(dict.fromkeys(found))

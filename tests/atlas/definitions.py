"""What a search index is defined to hold. What Atlas does not take, and what nobody needs here, is refused."""

from dataclasses import dataclass, field
from typing import Final

from tests.atlas.analysis import words
from tests.atlas.english import english_words
from tests.atlas.fields import Fields
from tests.atlas.refusals import bad_definition, beyond
from tests.atlas.values import as_doc, as_list

from weft.storage.types import Doc

MAX_DIMENSIONS: Final = 8192
SIMILARITIES: Final = ("cosine", "dotProduct", "euclidean")
SCALAR_TYPES: Final = ("boolean", "date", "number", "objectId", "token", "uuid")
_OTHER_TYPES: Final = ("autocomplete", "embeddedDocuments", "geo", "dateFacet", "numberFacet", "stringFacet", "vector")
STANDARD: Final = "lucene.standard"
ENGLISH: Final = "lucene.english"


@dataclass(frozen=True, slots=True)
class VectorField:
    dimensions: int
    similarity: str


@dataclass(frozen=True, slots=True)
class Definition:
    """`source` is as it was sent; the other fields are by path.

    `types`: how each field of a search index is indexed, type to normalizer or analyzer; `documents`: whether fields
    that are not named are indexed as what they are, of each document that is named, and of "", the whole.
    """

    source: Doc
    vectors: dict[str, VectorField] = field(default_factory=dict[str, VectorField])
    filters: frozenset[str] = frozenset()
    types: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    documents: dict[str, bool] = field(default_factory=dict[str, bool])

    def words(self, path: str, text: str) -> list[str]:
        """The words of a text as the field at that path has them."""
        return (english_words if self.is_english(path) else words)(text)

    def is_english(self, path: str) -> bool:
        return self.types.get(path, {}).get("string") == ENGLISH

    def is_dynamic(self, path: str) -> bool:
        """Whether a field that is not named is indexed all the same: the nearest document around it decides."""
        around = path
        while around:
            around = around.rpartition(".")[0]
            if around in self.documents:
                return path not in self.types and self.documents[around]
        return False


def parse(kind: str, value: object, path: str) -> Definition:
    """The definition of an index of that kind. Raises Refused; the text names the field."""
    return _vector_search(value, path) if kind == "vectorSearch" else _search(value, path)


def _vector_search(value: object, path: str) -> Definition:
    given = Fields(value, path, bad_definition)
    vectors: dict[str, VectorField] = {}
    filters: set[str] = set()
    for number, one in enumerate(given.items("fields")):
        at = Fields(one, given.at(f"fields[{number}]"), bad_definition)
        kind = at.choice("type", ("vector", "filter"))
        name = at.field_path("path")
        if name in vectors or name in filters:
            raise given.wrong("fields", "Vector and filter fields should have distinct paths")
        if kind == "vector":
            vectors[name] = _vector_field(at)
        else:
            filters.add(name)
        at.done()
    if not vectors:
        raise given.wrong("fields", "must have at least one vector field")
    _stored_source(given)
    partitions = given.integer("numPartitions", 1, 4, 1)
    if partitions == 3:
        raise given.wrong("numPartitions", "must be one of [1, 2, 4]")
    if "nestedRoot" in given.names():
        raise beyond("an index with a nestedRoot")
    given.done()
    return Definition(as_doc(value) or {}, vectors=vectors, filters=frozenset(filters))


def _vector_field(at: Fields) -> VectorField:
    dimensions = at.integer("numDimensions", 1, MAX_DIMENSIONS)
    similarity = at.choice("similarity", SIMILARITIES)
    quantization = at.choice("quantization", ("none", "scalar", "binary"), "none")
    if quantization == "binary" and dimensions % 8:
        raise at.wrong("numDimensions", "must be a multiple of 8")
    at.choice("indexingMethod", ("hnsw", "flat"), "hnsw")
    hnsw = Fields(at.take("hnswOptions", {}), at.at("hnswOptions"), bad_definition)
    hnsw.integer("maxEdges", 16, 64, 16)
    hnsw.integer("numEdgeCandidates", 100, 3200, 100)
    hnsw.done()
    return VectorField(dimensions, similarity)


def _stored_source(given: Fields) -> None:
    value = given.take("storedSource", None)
    if value is None:
        return
    doc = as_doc(value)
    paths = None if doc is None or len(doc) != 1 else as_list(next(iter(doc.values())))
    if doc is None or not paths or next(iter(doc)) not in ("include", "exclude"):
        raise given.wrong("storedSource", "must be a document with either include or exclude")


def _search(value: object, path: str) -> Definition:
    given = Fields(value, path, bad_definition)
    types: dict[str, dict[str, str]] = {}
    documents: dict[str, bool] = {}
    for name in ("analyzer", "searchAnalyzer"):
        if _analyzer(given, name) != STANDARD:
            raise beyond("another analyzer for all fields")
    _document(Fields(given.take("mappings"), given.at("mappings"), bad_definition), "", types, documents)
    for name in ("analyzers", "synonyms", "storedSource", "numPartitions"):
        if name in given.names():
            raise beyond(f"an index with {name}")
    given.done()
    return Definition(as_doc(value) or {}, types=types, documents=documents)


def _document(given: Fields, prefix: str, types: dict[str, dict[str, str]], documents: dict[str, bool]) -> None:
    documents[prefix] = given.flag("dynamic", False)
    inner = Fields(given.take("fields", {}), given.at("fields"), bad_definition)
    given.done()
    for name in inner.names():
        value = inner.take(name)
        full = f"{prefix}.{name}" if prefix else name
        several = as_list(value)
        for number, one in enumerate([value] if several is None else several):
            at = inner.at(name) if several is None else f"{inner.at(name)}[{number}]"
            _field(Fields(one, at, bad_definition), full, types, documents)


def _field(given: Fields, path: str, types: dict[str, dict[str, str]], documents: dict[str, bool]) -> None:
    kind = given.choice("type", ("string", "document", *SCALAR_TYPES, *_OTHER_TYPES))
    if kind in _OTHER_TYPES:
        raise beyond(f"a field of type {kind} in an index of type search")
    if kind == "document":
        _document(given, path, types, documents)
        return
    known = types.setdefault(path, {})
    if kind in known:
        raise given.wrong("type", f"is {kind} twice")
    known[kind] = given.choice("normalizer", ("none", "lowercase"), "none") if kind == "token" else ""
    if kind == "string":
        known[kind] = _analyzer(given, "analyzer")
        if _analyzer(given, "searchAnalyzer", known[kind]) != known[kind]:
            raise beyond("a searchAnalyzer but the analyzer")
    given.done()


def _analyzer(given: Fields, name: str, default: str = STANDARD) -> str:
    wanted = given.text(name, default)
    if wanted not in (STANDARD, ENGLISH):
        raise beyond(f"an analyzer but {STANDARD} and {ENGLISH}")
    return wanted

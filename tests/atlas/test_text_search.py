"""`$search` as atlas-search.md D.3 says: its operators, their scores, and what it refuses."""

import math
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from bson import Binary, ObjectId
from bson.binary import UuidRepresentation
from tests.atlas import State
from tests.atlas.shelf import Shelf, mongot, refusal

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OID = ObjectId("65240be420da840844a4d077")
SEVEN = Binary.from_uuid(UUID(int=7), UuidRepresentation.STANDARD)
DOCS: list[dict[str, Any]] = [
    {
        "_id": "fox",
        "t": "The quick brown fox",
        "u": "ann",
        "n": 1,
        "on": True,
        "at": NOON,
        "oid": OID,
        "uuid": SEVEN,
    },
    {"_id": "twice", "t": "quick quick", "u": "Ann", "low": "Ann", "n": 2.5, "on": False, "tags": ["a", "b"]},
    {"_id": "slow", "t": "slow", "u": "bob", "n": 3, "at": NOON.replace(hour=13), "in": {"x": "deep"}},
    {"_id": "none", "u": None, "n": "1"},
]
TYPES: dict[str, Any] = {
    "t": "string",
    "u": "token",
    "low": {"type": "token", "normalizer": "lowercase"},
    "n": "number",
    "on": "boolean",
    "at": "date",
    "oid": "objectId",
    "uuid": "uuid",
    "tags": "token",
    "in": {"type": "document", "fields": {"x": {"type": "string"}}},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def filled(shared: Shelf) -> Shelf:
    await shared.texts(**TYPES)
    await shared.add(*DOCS)
    return shared


def text(query: Any, path: Any = "t", **options: Any) -> dict[str, Any]:
    return {"text": {"query": query, "path": path, **options}}


def bm25(*, of: int, having: int, times: float, length: int, average: float) -> Any:
    """The score of a word by the formula, written out again."""
    rarity = math.log(1 + (of - having + 0.5) / (having + 0.5))
    return pytest.approx(rarity * times / (times + 1.2 * (0.25 + 0.75 * length / average)), rel=1e-6)


async def test_texts_with_a_word_are_scored_by_bm25(filled: Shelf) -> None:
    average = 7 / 3
    found = await filled.search(**text("quick"))
    assert found == {
        "twice": bm25(of=3, having=2, times=2, length=2, average=average),
        "fox": bm25(of=3, having=2, times=1, length=4, average=average),
    }
    assert list(found) == ["twice", "fox"]


async def test_scores_of_several_words_add_up(filled: Shelf) -> None:
    quick, brown = await filled.search(**text("quick")), await filled.search(**text("brown"))
    found = await filled.search(**text("brown quick nothing"))
    assert found == {"fox": pytest.approx(quick["fox"] + brown["fox"]), "twice": quick["twice"]}
    assert await filled.search(**text(["brown", "quick"])) == found


async def test_a_word_has_no_stems_and_no_case(filled: Shelf) -> None:
    assert list(await filled.search(**text("QUICK"))) == ["twice", "fox"]
    assert await filled.search(**text("quic")) == {}
    assert await filled.search(**text("foxes")) == {}
    assert await filled.search(**text("...")) == {}


async def test_all_words_may_be_asked_for(filled: Shelf) -> None:
    assert list(await filled.search(**text("quick fox", matchCriteria="all"))) == ["fox"]
    assert list(await filled.search(**text("quick fox", matchCriteria="any"))) == ["fox", "twice"]


async def test_a_phrase_is_words_one_after_the_other(filled: Shelf) -> None:
    assert list(await filled.search(phrase={"query": "quick BROWN", "path": "t"})) == ["fox"]
    assert await filled.search(phrase={"query": "brown quick", "path": "t"}) == {}
    assert list(await filled.search(phrase={"query": ["slow", "quick quick"], "path": "t"})) == ["slow", "twice"]


async def test_a_phrase_does_not_reach_from_one_value_to_the_next(shelf: Shelf) -> None:
    await shelf.texts()
    await shelf.add({"_id": 1, "t": ["one two", "three"]})
    assert list(await shelf.search(phrase={"query": "one two", "path": "t"})) == [1]
    assert await shelf.search(phrase={"query": "two three", "path": "t"}) == {}


async def test_lengths_are_kept_in_one_byte(shelf: Shelf) -> None:
    await shelf.texts()
    await shelf.add({"_id": 41, "t": "word " * 41}, {"_id": 40, "t": "word " * 40})
    found = await shelf.search(**text("word"))
    assert found[41] == bm25(of=2, having=2, times=41, length=40, average=40.5)


@pytest.mark.parametrize(
    ("operator", "found"),
    [
        ({"equals": {"path": "u", "value": "ann"}}, ["fox"]),
        ({"equals": {"path": "low", "value": "ann"}}, ["twice"]),
        ({"equals": {"path": "n", "value": 2.5}}, ["twice"]),
        ({"equals": {"path": "on", "value": False}}, ["twice"]),
        ({"equals": {"path": "at", "value": NOON}}, ["fox"]),
        ({"equals": {"path": "oid", "value": OID}}, ["fox"]),
        ({"equals": {"path": "uuid", "value": SEVEN}}, ["fox"]),
        ({"equals": {"path": "u", "value": None}}, ["none"]),
        ({"equals": {"path": "tags", "value": "b"}}, ["twice"]),
        ({"in": {"path": "u", "value": ["ann", "bob"]}}, ["fox", "slow"]),
        ({"in": {"path": "n", "value": 1}}, ["fox"]),
        ({"range": {"path": "n", "gt": 1}}, ["twice", "slow"]),
        ({"range": {"path": "n", "gte": 1, "lt": 3}}, ["fox", "twice"]),
        ({"range": {"path": "at", "lte": NOON}}, ["fox"]),
        ({"range": {"path": "u", "gt": "ann"}}, ["slow"]),
        ({"exists": {"path": "low"}}, ["twice"]),
        ({"exists": {"path": "in"}}, ["slow"]),
        ({"exists": {"path": "nowhere"}}, []),
        (text("DEEP", "in.x"), ["slow"]),
    ],
)
async def test_an_operator_finds(filled: Shelf, operator: dict[str, Any], found: list[str]) -> None:
    assert list(await filled.search(**operator)) == found


async def test_values_score_one(filled: Shelf) -> None:
    assert await filled.search(equals={"path": "u", "value": "ann"}) == {"fox": 1.0}
    assert await filled.search(range={"path": "n", "gt": 2}) == {"twice": 1.0, "slow": 1.0}


QUICK, ANN, BOB = text("quick"), {"equals": {"path": "u", "value": "ann"}}, {"equals": {"path": "u", "value": "bob"}}


@pytest.mark.parametrize(
    ("compound", "found"),
    [
        ({"must": [QUICK]}, ["twice", "fox"]),
        ({"must": QUICK}, ["twice", "fox"]),
        ({"must": [QUICK, ANN]}, ["fox"]),
        ({"must": [QUICK], "filter": [ANN]}, ["fox"]),
        ({"must": [QUICK], "mustNot": [ANN]}, ["twice"]),
        ({"must": [QUICK], "should": [ANN]}, ["fox", "twice"]),
        ({"should": [QUICK, BOB]}, ["slow", "twice", "fox"]),
        ({"should": [QUICK, ANN], "minimumShouldMatch": 2}, ["fox"]),
        ({"filter": [ANN], "should": [BOB]}, ["fox"]),
        ({"filter": [ANN], "should": [BOB], "minimumShouldMatch": 1}, []),
        ({"filter": [ANN]}, ["fox"]),
        ({"must": [{"compound": {"should": [ANN, BOB]}}], "filter": [{"exists": {"path": "t"}}]}, ["fox", "slow"]),
    ],
)
async def test_a_compound_finds(filled: Shelf, compound: dict[str, Any], found: list[str]) -> None:
    assert list(await filled.search(compound=compound)) == found


async def test_in_a_compound_must_and_should_score_and_filters_do_not(filled: Shelf) -> None:
    quick = (await filled.search(**QUICK))["fox"]
    assert await filled.search(compound={"must": [QUICK], "filter": [ANN]}) == {"fox": quick}
    assert await filled.search(compound={"must": [QUICK, ANN]}) == {"fox": pytest.approx(quick + 1)}
    assert await filled.search(compound={"filter": [ANN], "should": [QUICK]}) == {"fox": quick}
    assert await filled.search(compound={"filter": [ANN]}) == {"fox": 0.0}


async def test_of_equal_hits_the_one_written_first_comes_first(shelf: Shelf) -> None:
    await shelf.texts()
    await shelf.add(*({"_id": number, "t": "same"} for number in (2, 1, 3)))
    await shelf.docs.update_one({"_id": 2}, {"$set": {"other": 1}})
    await shelf.server.caught_up()
    assert list(await shelf.search(**text("same"))) == [1, 3, 2]


async def test_every_field_of_a_dynamic_index_is_found_as_what_it_is(shelf: Shelf) -> None:
    await shelf.define({"mappings": {"dynamic": True, "fields": {"secret": {"type": "token"}}}})
    await shelf.add({"_id": 1, "a": {"b": "some words"}, "n": 5, "secret": "some words"})
    assert list(await shelf.search(**text("words", "a.b"))) == [1]
    assert list(await shelf.search(range={"path": "n", "gte": 5})) == [1]
    assert await refusal(shelf.search(equals={"path": "a.b", "value": "some words"})) == mongot(
        "Path 'a.b' needs to be indexed as token"
    )
    assert (await refusal(shelf.search(**text("words", "secret"))))[0] == 8


async def test_the_nearest_document_around_a_field_says_whether_it_is_dynamic(shelf: Shelf) -> None:
    deep = {"type": "document", "dynamic": True}
    inner = {"type": "document", "dynamic": False, "fields": {"named": {"type": "string"}, "deep": deep}}
    await shelf.define({"mappings": {"dynamic": True, "fields": {"in": inner}}})
    values = {"named": "word", "other": "word", "deep": {"x": {"y": "word"}}}
    await shelf.add({"_id": 1, "top": "word", "in": values})
    for path in ("top", "in.named", "in.deep.x.y"):
        assert list(await shelf.search(**text("word", path))) == [1]
    assert await refusal(shelf.search(**text("word", "in.other"))) == mongot(
        "Path 'in.other' needs to be indexed as string"
    )


async def test_without_such_an_index_nothing_is_found(filled: Shelf) -> None:
    assert await filled.search(index="other", **QUICK) == {}


async def test_an_index_that_is_being_built_says_so(shelf: Shelf) -> None:
    await shelf.texts()
    shelf.server.set_state(shelf.docs.database.name, "docs", "default", State.INITIAL_SYNC)
    expected = mongot("cannot query search index default while in state INITIAL_SYNC")
    assert await refusal(shelf.search(**QUICK)) == expected


BOUNDS = '"range" bounds must be of one type: numbers, dates, strings or objectIds'
OPTIONS = ("highlight", "sort", "count", "searchAfter", "returnStoredSource", "scoreDetails")


WRONG: list[tuple[Any, str]] = [
    ({}, "one and only one operator must be present"),
    ({**QUICK, **ANN}, "one and only one operator must be present"),
    ({"near": {}}, 'unrecognized field "near"'),
    ({"index": 5, **QUICK}, '"index" must be a string'),
    ({"text": "quick"}, '"text" must be a document'),
    ({"text": {"path": "t"}}, '"text.query" is required'),
    ({"text": {"query": "x"}}, '"text.path" is required'),
    (text(""), '"text.query" cannot be empty'),
    (text([]), '"text.query" cannot be empty'),
    (text(5), '"text.query" must be a string or an array of strings'),
    (text("x", matchCriteria="some"), '"text.matchCriteria" must be one of [any, all]'),
    (text("x", boost=2), '"text" unrecognized field "boost"'),
    (text("x", "u"), "Path 'u' needs to be indexed as string"),
    (text("x", "other"), "Path 'other' needs to be indexed as string"),
    ({"phrase": {"query": "x", "path": "u"}}, "Path 'u' needs to be indexed as string"),
    ({"equals": {"path": "t", "value": "slow"}}, "Path 't' needs to be indexed as token"),
    ({"equals": {"path": "u", "value": 5}}, "Path 'u' needs to be indexed as number"),
    ({"equals": {"path": "other", "value": None}}, "Path 'other' needs to be indexed as null"),
    ({"equals": {"path": "u"}}, '"equals.value" is required'),
    (
        {"equals": {"path": "u", "value": ["a"]}},
        '"equals.value" must be a boolean, date, number, objectId, string, uuid or null',
    ),
    ({"in": {"path": "u", "value": []}}, '"in.value" cannot be empty'),
    ({"in": {"path": "u", "value": ["a", 1]}}, '"in.value" must have values of one type'),
    ({"in": {"path": "u", "value": [None]}}, '"in.value" must have values of one type'),
    ({"range": {"path": "n"}}, '"range" must have one lower bound, one upper bound or both'),
    ({"range": {"path": "n", "gt": 1, "gte": 1}}, '"range" must have one lower bound, one upper bound or both'),
    (
        {"range": {"path": "n", "gt": 1, "lt": "2"}},
        BOUNDS,
    ),
    (
        {"range": {"path": "on", "gt": True}},
        BOUNDS,
    ),
    ({"compound": {}}, '"compound" must have at least one clause'),
    ({"compound": {"must": []}}, '"compound" must have at least one clause'),
    ({"compound": {"must": [{}]}}, '"compound.must[0]" must have exactly one operator'),
    ({"compound": {"must": [{**QUICK, **ANN}]}}, '"compound.must[0]" must have exactly one operator'),
    ({"compound": {"must": [{"textual": {}}]}}, '"compound.must[0]" unrecognized field "textual"'),
    ({"compound": {"filter": [{"text": {"path": "t"}}]}}, '"compound.filter[0].text.query" is required'),
    ({"compound": {"must": [QUICK], "maximum": 1}}, '"compound" unrecognized field "maximum"'),
    (
        {"compound": {"should": [QUICK], "minimumShouldMatch": 2}},
        '"compound.minimumShouldMatch" must be within bounds [0, 1]',
    ),
]


@pytest.mark.parametrize(("search", "message"), WRONG)
async def test_what_is_not_written_as_atlas_wants_it_is_refused(filled: Shelf, search: Any, message: str) -> None:
    assert await refusal(filled.search(**search)) == mongot(message)


@pytest.mark.parametrize(
    "search",
    [
        *({name: {}} for name in ("autocomplete", "queryString", "wildcard", "regex", "vectorSearch")),
        *(
            {name: {}, **QUICK}
            for name in ("highlight", "sort", "count", "searchAfter", "returnStoredSource", "scoreDetails")
        ),
        text("x", fuzzy={}),
        text("x", score={"boost": {"value": 2}}),
        text("x", path=["t", "u"]),
        text("x", path={"wildcard": "*"}),
        {"phrase": {"query": "x", "path": "t", "slop": 2}},
        {"compound": {"mustNot": [QUICK]}},
    ],
)
async def test_what_is_documented_but_not_stood_in_for_is_refused_as_that(filled: Shelf, search: Any) -> None:
    assert (await refusal(filled.search(**search)))[0] == 238


async def test_a_stage_that_is_no_document_does_not_parse(filled: Shelf) -> None:
    assert (await refusal(filled.run({"$search": "quick"})))[0] == 9

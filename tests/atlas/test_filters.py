"""The filter of `$vectorSearch`: what it lets through and what it refuses (atlas-search.md D.1)."""

import uuid
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from bson import Binary, Decimal128, ObjectId, Regex
from bson.binary import UuidRepresentation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.atlas import AtlasServer
from tests.atlas.shelf import Shelf, mongot, new_shelf, refusal

from weft.storage.types import Client, Doc

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OID = ObjectId("65240be420da840844a4d077")
UUID = Binary.from_uuid(uuid.UUID(int=7), UuidRepresentation.STANDARD)

DOCS: list[dict[str, Any]] = [
    {"_id": "ann", "user": "ann", "age": 30, "on": True, "at": NOON, "tags": ["a", "b"], "oid": OID, "uuid": UUID},
    {"_id": "bob", "user": "bob", "age": 40.5, "on": False, "at": NOON.replace(hour=13), "tags": ["b"], "in": {"x": 1}},
    {"_id": "nil", "user": None, "age": "30", "tags": []},
    {"_id": "no"},
]
PATHS = ("user", "age", "on", "at", "oid", "uuid", "tags", "in.x")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def people(shared: Shelf) -> Shelf:
    await shared.vectors(*PATHS)
    await shared.add(*({**doc, "v": [1, 0]} for doc in DOCS))
    return shared


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({}, ["ann", "bob", "nil", "no"]),
        ({"user": "ann"}, ["ann"]),
        ({"user": {"$eq": "ann"}}, ["ann"]),
        ({"user": "Ann"}, []),
        ({"user": "an"}, []),
        ({"user": None}, ["nil"]),
        ({"user": {"$eq": None}}, ["nil"]),
        ({"user": {"$ne": "ann"}}, ["bob", "nil", "no"]),
        ({"user": {"$in": ["ann", "bob"]}}, ["ann", "bob"]),
        ({"user": {"$nin": ["ann", "x"]}}, ["bob", "nil", "no"]),
        ({"user": {"$gt": "ann"}}, ["bob"]),
        ({"user": {"$gte": "ann", "$lt": "bob"}}, ["ann"]),
        ({"user": {"$not": {"$eq": "ann"}}}, ["bob", "nil", "no"]),
        ({"user": {"$exists": True}}, ["ann", "bob", "nil"]),
        ({"user": {"$exists": False}}, ["no"]),
        ({"age": 30}, ["ann"]),
        ({"age": 30.0}, ["ann"]),
        ({"age": {"$gt": 30}}, ["bob"]),
        ({"age": {"$lte": 40.5}}, ["ann", "bob"]),
        ({"age": "30"}, ["nil"]),
        ({"on": False}, ["bob"]),
        ({"on": {"$ne": False}}, ["ann", "nil", "no"]),
        ({"on": 1}, []),
        ({"at": NOON}, ["ann"]),
        ({"at": {"$gt": NOON}}, ["bob"]),
        ({"oid": OID}, ["ann"]),
        ({"oid": {"$in": [OID, ObjectId()]}}, ["ann"]),
        ({"uuid": UUID}, ["ann"]),
        ({"tags": "b"}, ["ann", "bob"]),
        ({"tags": {"$in": ["a", "z"]}}, ["ann"]),
        ({"in.x": 1}, ["bob"]),
        ({"user": "ann", "age": 40.5}, []),
        ({"$and": [{"user": "ann"}, {"age": 30}]}, ["ann"]),
        ({"$or": [{"user": "ann"}, {"age": {"$gt": 40}}]}, ["ann", "bob"]),
        ({"$nor": [{"user": "ann"}, {"age": {"$gt": 40}}]}, ["nil", "no"]),
        ({"$or": [{"user": {"$ne": "ann"}}, {"age": {"$lt": 31}}], "on": True}, ["ann"]),
    ],
)
async def test_a_filter_lets_through(people: Shelf, condition: dict[str, Any], found: list[str]) -> None:
    assert await people.let_through(condition) == found


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"other": "x"}, "Path 'other' needs to be indexed as token"),
        ({"other": 5}, "Path 'other' needs to be indexed as number"),
        ({"other": {"$gt": NOON}}, "Path 'other' needs to be indexed as date"),
        ({"other": {"$in": [OID]}}, "Path 'other' needs to be indexed as objectId"),
        ({"other": True}, "Path 'other' needs to be indexed as boolean"),
        ({"other": UUID}, "Path 'other' needs to be indexed as uuid"),
        ({"other": {"$exists": True}}, "Path 'other' needs to be indexed as token"),
        ({"$or": [{"user": "x"}, {"other": "x"}]}, "Path 'other' needs to be indexed as token"),
        ({"v": "x"}, "Path 'v' needs to be indexed as token"),
        ({"user": {"$in": []}}, '"filter.user.$in" must be an array that is not empty'),
        ({"user": {"$nin": []}}, '"filter.user.$nin" must be an array that is not empty'),
        ({"user": {"$in": "ann"}}, '"filter.user.$in" must be an array that is not empty'),
        ({"user": {"$in": ["ann", None]}}, '"filter.user.$in" cannot contain null'),
        ({"user": {"$in": ["ann", 5]}}, '"filter.user.$in" must have values of one type'),
        ({"user": {"$ne": None}}, '"filter.user.$ne" cannot be null'),
        ({"user": {"$gt": None}}, '"filter.user.$gt" must be a number, a date, a string or an objectId'),
        ({"on": {"$gt": True}}, '"filter.on.$gt" must be a number, a date, a string or an objectId'),
        ({"user": {"$regex": "a"}}, '"filter.user" unrecognized operator "$regex"'),
        ({"user": {"$eq": "a", "x": 1}}, '"filter.user" unrecognized operator "x"'),
        ({"user": {"$not": "ann"}}, '"filter.user.$not" must be a document of operators'),
        ({"user": {"$not": {}}}, '"filter.user.$not" must be a document of operators'),
        ({"user": {"$exists": 1}}, '"filter.user.$exists" must be a boolean'),
        ({"$and": []}, '"filter.$and" must be an array that is not empty'),
        ({"$or": {"user": "x"}}, '"filter.$or" must be an array that is not empty'),
        ({"$or": ["x"]}, '"filter.$or[0]" must be a document'),
        ({"$expr": {"$eq": [1, 1]}}, '"filter" unrecognized operator "$expr"'),
        ({"$text": {"$search": "x"}}, '"filter" unrecognized operator "$text"'),
        *(
            ({"user": value}, '"filter.user" must be a boolean, date, number, objectId, string, uuid or null')
            for value in (["ann"], {"x": 1}, {}, Regex("a"), Decimal128("1"), Binary(b"x"))
        ),
    ],
)
async def test_a_filter_that_the_index_cannot_answer_is_refused(people: Shelf, condition: Any, text: str) -> None:
    assert await refusal(people.let_through(condition)) == mongot(text)


async def test_a_string_that_is_too_long_for_the_index_is_not_in_it(shelf: Shelf) -> None:
    await shelf.vectors("user")
    kept, lost = "x" * 8191, "x" * 8192
    await shelf.add({"_id": 1, "v": [1, 0], "user": kept}, {"_id": 2, "v": [1, 0], "user": lost})
    assert await shelf.let_through({"user": kept}) == [1]
    assert await shelf.let_through({"user": lost}) == []


async def test_values_in_an_array_of_documents_are_so_many_values(shelf: Shelf) -> None:
    await shelf.vectors("rows.kind")
    await shelf.add({"_id": 1, "v": [1, 0], "rows": [{"kind": "a"}, {"kind": "b"}, {}, 5]})
    assert await shelf.let_through({"$and": [{"rows.kind": "a"}, {"rows.kind": "b"}]}) == [1]


# ------------------------------------------------------------ beside MongoDB's own


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "user": st.sampled_from(["ann", "bob", "Ann", "é", ""]),
    "age": st.sampled_from([-1, 0, 1, 1.5, 2**40]),
    "on": st.booleans(),
    "at": st.sampled_from([NOON.replace(hour=hour) for hour in range(3)]),
}
ORDERED = ("user", "age", "at")


@st.composite
def stored(draw: st.DrawFn) -> dict[str, Any]:
    """A document with some of the fields, each with one value or several."""
    names = draw(st.sets(st.sampled_from(sorted(VALUES))))
    return {name: draw(VALUES[name] | st.lists(VALUES[name], min_size=1, max_size=3)) for name in sorted(names)}


@st.composite
def operators(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """What a field may be asked."""
    value = VALUES[name]
    bounds = ["$gt", "$gte", "$lt", "$lte"] if name in ORDERED else []
    one: dict[str, st.SearchStrategy[Any]] = {
        **dict.fromkeys(["$eq", "$ne", *bounds], value),
        **dict.fromkeys(["$in", "$nin"], st.lists(value, min_size=1, max_size=3)),
        "$exists": st.booleans(),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(one)), min_size=1, max_size=2, unique=True))
    asked = {operator: draw(one[operator]) for operator in chosen}
    return {"$not": asked} if draw(st.booleans()) else asked


def clauses() -> st.SearchStrategy[Doc]:
    names = st.sampled_from(sorted(VALUES))
    return names.flatmap(lambda name: st.fixed_dictionaries({name: operators(name) | VALUES[name]}))


def joined(inner: st.SearchStrategy[Doc]) -> st.SearchStrategy[Doc]:
    names = st.sampled_from(["$and", "$or", "$nor"])
    return st.tuples(names, st.lists(inner, min_size=1, max_size=3)).map(lambda parts: {parts[0]: parts[1]})


CONDITIONS: st.SearchStrategy[Doc] = st.recursive(clauses(), joined, max_leaves=5)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def drawn(server: AtlasServer, through: Client) -> AsyncGenerator[Shelf, None]:
    async with new_shelf(server, through) as made:
        await made.vectors(*VALUES)
        yield made


@settings(max_examples=30)
@given(st.lists(stored(), min_size=1, max_size=8), st.lists(CONDITIONS, min_size=1, max_size=8))
async def test_but_for_null_a_filter_means_what_it_means_to_mongodb(
    drawn: Shelf, documents: list[dict[str, Any]], conditions: list[Doc]
) -> None:
    await drawn.docs.delete_many({})
    await drawn.add(*({**doc, "_id": number, "v": [1, 0]} for number, doc in enumerate(documents)))
    for condition in conditions:
        expected = await drawn.docs.distinct("_id", condition)
        assert await drawn.let_through(condition) == sorted(expected), condition

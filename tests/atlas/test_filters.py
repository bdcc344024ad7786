"""The filter of `$vectorSearch`: what it lets through and what it refuses (atlas-search.md D.1)."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from bson import Binary, Decimal128, ObjectId, Regex
from bson.binary import UuidRepresentation
from tests.atlas.shelf import Shelf, mongot, refusal

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

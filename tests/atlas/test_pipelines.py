"""What comes after a search stage, and where such a stage may be."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from tests.atlas.shelf import Shelf, near, refusal

from weft.storage.types import Doc

SCORE: Doc = {"$meta": "vectorSearchScore"}
NEAR = near()
FOUND: Doc = {"$search": {"text": {"query": "word", "path": "t"}}}
TWO_FIELDS = "A pipeline stage specification object must contain exactly one field."
NO_OBJECT = "Each element of the 'pipeline' array must be an object"
MISSING = (40218, "query requires searchScore metadata, but it is not available")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def filled(shared: Shelf) -> Shelf:
    """1 is nearest, then 2, then 3; the word is in 3 and 2."""
    await shared.vectors("kind")
    await shared.texts()
    await shared.add(
        {"_id": 1, "v": [1, 0], "kind": "a", "n": 30},
        {"_id": 2, "v": [1, 1], "kind": "b", "n": 20, "t": "word and others"},
        {"_id": 3, "v": [0, 1], "kind": "a", "n": 10, "t": "word", "deep": {"x": 1, "list": [1, 2]}},
    )
    return shared


def ids(docs: list[Doc]) -> list[Any]:
    return [doc["_id"] for doc in docs]


async def test_documents_come_whole_with_nothing_added(filled: Shelf) -> None:
    expected = [await filled.docs.find_one({"_id": number}) for number in (1, 2, 3)]
    assert await filled.run(NEAR) == expected


WORKED: list[tuple[list[Doc], list[Doc]]] = [
    ([{"$project": {"n": 1}}], [{"_id": 1, "n": 30}, {"_id": 2, "n": 20}, {"_id": 3, "n": 10}]),
    ([{"$project": {"_id": 0, "n": 1}}, {"$limit": 1}], [{"n": 30}]),
    ([{"$project": {"_id": 0, "s": SCORE}}, {"$limit": 1}], [{"s": 1.0}]),
    ([{"$project": {"_id": 1}}, {"$set": {"s": SCORE}}, {"$limit": 1}], [{"_id": 1, "s": 1.0}]),
    ([{"$project": {"v": 0, "t": 0, "deep": 0, "kind": 0}}, {"$limit": 1}], [{"_id": 1, "n": 30}]),
    (
        [{"$project": {"v": False, "deep": {"x": False}}}, {"$match": {"_id": 3}}, {"$project": {"deep": 1}}],
        [{"_id": 3, "deep": {"list": [1, 2]}}],
    ),
    ([{"$project": {"deep": {"x": 1}}}, {"$match": {"_id": 3}}], [{"_id": 3, "deep": {"x": 1}}]),
    (
        [{"$addFields": {"s": {"$multiply": [SCORE, 10]}}}, {"$project": {"s": 1}}, {"$limit": 1}],
        [{"_id": 1, "s": 10.0}],
    ),
    ([{"$match": {"kind": "a"}}, {"$project": {"_id": 1}}], [{"_id": 1}, {"_id": 3}]),
    ([{"$match": {"$expr": {"$lt": [SCORE, 0.6]}}}, {"$project": {"_id": 1}}], [{"_id": 3}]),
    ([{"$sort": {"n": 1}}, {"$project": {"s": SCORE}}, {"$limit": 1}], [{"_id": 3, "s": 0.5}]),
    ([{"$sort": {"n": 1}}, {"$sort": {"s": SCORE}}, {"$project": {"n": 1}}, {"$limit": 1}], [{"_id": 1, "n": 30}]),
    ([{"$skip": 1}, {"$limit": 1}, {"$project": {"_id": 1}}], [{"_id": 2}]),
    ([{"$unset": ["v", "kind", "t", "deep"]}, {"$limit": 1}], [{"_id": 1, "n": 30}]),
    ([{"$limit": 2}, {"$count": "many"}], [{"many": 2}]),
    (
        [{"$group": {"_id": "$kind", "best": {"$max": SCORE}}}, {"$sort": {"_id": 1}}, {"$limit": 1}],
        [{"_id": "a", "best": 1.0}],
    ),
    (
        [{"$limit": 1}, {"$group": {"_id": 0, "all": {"$push": "$$ROOT"}}}],
        [{"_id": 0, "all": [{"_id": 1, "v": [1, 0], "kind": "a", "n": 30}]}],
    ),
    (
        [{"$limit": 1}, {"$set": {"copy": "$$ROOT"}}, {"$replaceWith": "$copy"}],
        [{"_id": 1, "v": [1, 0], "kind": "a", "n": 30}],
    ),
    ([{"$limit": 1}, {"$replaceRoot": {"newRoot": {"a": 1}}}, {"$set": {"s": SCORE}}], [{"a": 1, "s": 1.0}]),
    (
        [{"$match": {"_id": 3}}, {"$unwind": "$deep.list"}, {"$project": {"x": "$deep.list", "s": SCORE}}],
        [{"_id": 3, "x": 1, "s": 0.5}, {"_id": 3, "x": 2, "s": 0.5}],
    ),
    (
        [{"$facet": {"top": [{"$limit": 1}, {"$project": {"s": SCORE}}], "many": [{"$count": "n"}]}}],
        [{"top": [{"_id": 1, "s": 1.0}], "many": [{"n": 3}]}],
    ),
    ([{"$limit": 1}, {"$set": {"text": {"$literal": SCORE}}}, {"$project": {"text": 1}}], [{"_id": 1, "text": SCORE}]),
]


@pytest.mark.parametrize(("stages", "docs"), WORKED)
async def test_a_stage_after_a_search_works_on_its_hits(filled: Shelf, stages: list[Doc], docs: list[Doc]) -> None:
    assert await filled.run(NEAR, *stages) == docs


async def test_a_look_up_joins_by_its_own_rules(filled: Shelf) -> None:
    inner: list[Doc] = [{"$match": {"$expr": {"$lt": ["$n", "$$mine"]}}}, {"$sort": {"n": 1}}, {"$project": {"_id": 1}}]
    lookup: Doc = {"from": "docs", "let": {"mine": "$n", "score": SCORE}, "pipeline": inner, "as": "less"}
    found = await filled.run(NEAR, {"$lookup": lookup}, {"$project": {"less": 1}})
    assert found[:2] == [{"_id": 1, "less": [{"_id": 3}, {"_id": 2}]}, {"_id": 2, "less": [{"_id": 3}]}]


async def test_a_union_may_have_a_search_on_either_side(filled: Shelf) -> None:
    second: Doc = {"$unionWith": {"coll": "docs", "pipeline": [FOUND, {"$set": {"s": {"$meta": "searchScore"}}}]}}
    only: Doc = {"$project": {"s": 1}}
    first: list[Doc] = [near(limit=1), {"$set": {"s": SCORE}}]
    alone = await filled.run(FOUND, {"$project": {"s": {"$meta": "searchScore"}}})
    assert ids(alone) == [3, 2]
    assert await filled.run(*first, second, only) == [{"_id": 1, "s": 1.0}, *alone]
    assert await filled.run({"$match": {"_id": 1}}, second, only) == [{"_id": 1}, *alone]
    plain: Doc = {"$unionWith": {"coll": "docs", "pipeline": [{"$match": {"_id": 2}}]}}
    assert await filled.run(*first, plain, only) == [{"_id": 1, "s": 1.0}, {"_id": 2}]
    whole = await filled.run({"$match": {"_id": 1}}, second, {"$unset": "s"})
    assert whole == [await filled.docs.find_one({"_id": number}) for number in (1, 3, 2)]


async def test_a_union_within_a_union_may_have_one(filled: Shelf) -> None:
    inner: Doc = {"$unionWith": {"coll": "docs", "pipeline": [near(limit=1)]}}
    outer: Doc = {"$unionWith": {"coll": "docs", "pipeline": [{"$match": {"_id": 3}}, inner]}}
    assert ids(await filled.run({"$match": {"_id": 2}}, outer)) == [2, 3, 1]


async def test_hits_can_be_written_to_a_collection(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 0]})
    await shelf.run(NEAR, {"$out": "copies"})
    await shelf.run(NEAR, {"$set": {"_id": 2}}, {"$merge": "copies"})
    assert await shelf.docs.database["copies"].find().to_list() == [{"_id": 1, "v": [1, 0]}, {"_id": 2, "v": [1, 0]}]


async def test_hits_are_read_batch_by_batch_and_the_rest_given_up(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add(*({"_id": number, "v": [1, number / 1000]} for number in range(300)))
    cursor = await shelf.docs.aggregate([near(limit=300, numCandidates=300)], batchSize=7)
    assert ids(await cursor.to_list()) == list(range(300))
    cursor = await shelf.docs.aggregate([near(limit=300, numCandidates=300)], batchSize=2)
    await cursor.next()
    known = cursor.cursor_id
    await cursor.close()
    database = shelf.docs.database
    assert (await refusal(database.command({"getMore": known, "collection": "docs"})))[0] == 43


async def test_thousands_of_hits_keep_their_order(shelf: Shelf) -> None:
    await shelf.vectors(dimensions=3)
    await shelf.add(*({"_id": f"{number:05}", "v": [1, number / 1e4, 0]} for number in range(5000)))
    found = await shelf.run(near((1.0, 0.0, 0.0), limit=5000, numCandidates=10_000), {"$project": {"_id": 1}})
    assert ids(found) == sorted(ids(found))
    assert len(found) == 5000


async def test_many_searches_at_once_do_not_mix(filled: Shelf) -> None:
    async def one(number: int) -> None:
        expected = [1, 2, 3] if number % 2 else [3, 2, 1]
        assert await filled.ids([1, 0] if number % 2 else [0, 1]) == expected

    await asyncio.gather(*(one(number) for number in range(60)))


async def test_what_a_search_would_do_can_be_explained(filled: Shelf) -> None:
    command: Doc = {"aggregate": "docs", "pipeline": [NEAR], "cursor": {}}
    explained = await filled.docs.database.command({"explain": command, "verbosity": "queryPlanner"})
    assert explained["ok"] == 1


MISPLACED: list[tuple[list[Any], int, str]] = [
    ([{"$match": {}}, NEAR], 40602, "$vectorSearch is only valid as the first stage in a pipeline"),
    ([NEAR, NEAR], 40602, "$vectorSearch is only valid as the first stage in a pipeline"),
    ([{"$limit": 1}, FOUND], 40602, "$search is only valid as the first stage in a pipeline"),
    (
        [{"$limit": 1}, {"$listSearchIndexes": {}}],
        40602,
        "$listSearchIndexes is only valid as the first stage in a pipeline",
    ),
    (
        [{"$unionWith": {"coll": "docs", "pipeline": [{"$limit": 1}, NEAR]}}],
        40602,
        "$vectorSearch is only valid as the first stage in a pipeline",
    ),
    (
        [{"$lookup": {"from": "docs", "pipeline": [NEAR], "as": "x"}}],
        51047,
        "$vectorSearch is not allowed within a $lookup's sub-pipeline",
    ),
    (
        [{"$lookup": {"from": "docs", "pipeline": [{"$unionWith": {"coll": "docs", "pipeline": [NEAR]}}], "as": "x"}}],
        51047,
        "$vectorSearch is not allowed within a $lookup's sub-pipeline",
    ),
    ([{"$facet": {"x": [NEAR]}}], 40600, "$vectorSearch is not allowed to be used within a $facet stage"),
    ([NEAR, {"$project": {"s": {"$meta": "searchScore"}}}], *MISSING),
    ([NEAR, {"$sort": {"s": {"$meta": "searchScore"}}}], *MISSING),
    ([NEAR, {"$count": "n"}, {"$set": {"s": {"$meta": "searchScore"}}}], *MISSING),
    (
        [NEAR, {"$group": {"_id": 1}}, {"$set": {"s": SCORE}}],
        40218,
        "query requires vectorSearchScore metadata, but it is not available",
    ),
    (
        [NEAR, {"$project": {"s": {"$meta": "nothing"}}}],
        17308,
        "Invalid $project :: caused by :: Unsupported argument to $meta: nothing",
    ),
    ([NEAR, {"$unknown": {}}], 40324, "Unrecognized pipeline stage name: '$unknown'"),
    ([NEAR, {}], 40323, TWO_FIELDS),
    ([5, {"$unionWith": {"coll": "docs", "pipeline": [NEAR]}}], 14, NO_OBJECT),
    (
        [NEAR, {"$project": {"s": {"$meta": "textScore"}}}],
        40218,
        "query requires text score metadata, but it is not available",
    ),
    ([{**NEAR, "$limit": 1}], 40323, TWO_FIELDS),
    ([NEAR, {"$facet": {"x": 5}}], 40170, "arguments to $facet must be arrays, x is type int"),
]


@pytest.mark.parametrize(("stages", "code", "text"), MISPLACED)
async def test_what_is_in_the_wrong_place_is_refused(filled: Shelf, stages: list[Any], code: int, text: str) -> None:
    assert await refusal(filled.run(*stages)) == (code, text)


async def test_a_search_is_of_a_collection(filled: Shelf) -> None:
    expected = (73, "{aggregate: 1} is not valid for '$vectorSearch'; a collection is required.")
    assert await refusal(filled.docs.database.aggregate([NEAR])) == expected


async def test_every_search_has_a_score(filled: Shelf) -> None:
    for stage, name in ((NEAR, "vectorSearchScore"), (FOUND, "searchScore")):
        both: Doc = {"$project": {"own": {"$meta": name}, "any": {"$meta": "score"}}}
        found = await filled.run(stage, both)
        assert found
        assert all(doc["own"] == doc["any"] for doc in found)

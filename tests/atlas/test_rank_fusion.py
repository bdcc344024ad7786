"""`$rankFusion` as atlas-search.md D.4 says."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from tests.atlas import atlas
from tests.atlas.shelf import Shelf, near, refusal

from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Doc

NEAR: list[Doc] = [near(limit=2)]
FOUND: list[Doc] = [{"$search": {"text": {"query": "word", "path": "t"}}}]
SORTED: list[Doc] = [{"$match": {"n": {"$gt": 0}}}, {"$sort": {"n": 1}}]
DESCRIPTION = (
    "value output by reciprocal rank fusion algorithm, computed as sum of weight * (1 / (60 + rank)) across input "
    "pipelines from which this document is output, from:"
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def filled(shared: Shelf) -> Shelf:
    """Nearest are a and b; the word is in b, and less in c; d is in neither."""
    await shared.vectors()
    await shared.texts()
    await shared.add(
        {"_id": "a", "v": [1, 0], "n": 3},
        {"_id": "b", "v": [1, 1], "n": 2, "t": "word word"},
        {"_id": "c", "v": [0, 1], "n": 1, "t": "word and others"},
        {"_id": "d"},
    )
    return shared


def fusion(combination: Any = None, score_details: Any = None, **pipelines: Any) -> Doc:
    spec: Doc = {"input": {"pipelines": pipelines}}
    given = {"combination": combination, "scoreDetails": score_details}
    return {"$rankFusion": spec | {name: value for name, value in given.items() if value is not None}}


async def fused(shelf: Shelf, *args: Any, **pipelines: Any) -> list[tuple[str, Any]]:
    docs = await shelf.run(fusion(*args, **pipelines), {"$project": {"score": {"$meta": "score"}}})
    return [(doc["_id"], doc["score"]) for doc in docs]


async def test_a_score_is_the_sum_of_one_over_sixty_and_the_rank(filled: Shelf) -> None:
    expected = [("b", 1 / 62 + 1 / 61), ("a", 1 / 61), ("c", 1 / 62)]
    assert await fused(filled, near=NEAR, text=FOUND) == expected


async def test_weights_multiply_and_are_one_if_nothing_is_said(filled: Shelf) -> None:
    found = await fused(filled, {"weights": {"near": 3}}, near=NEAR, text=FOUND)
    assert found == [("b", 3 / 62 + 1 / 61), ("a", 3 / 61), ("c", 1 / 62)]
    assert dict(await fused(filled, {"weights": {"near": 0, "text": 0.5}}, near=NEAR, text=FOUND))["a"] == 0


async def test_documents_come_whole_each_once(filled: Shelf) -> None:
    expected = [await filled.docs.find_one({"_id": name}) for name in "bac"]
    assert await filled.run(fusion(near=NEAR, text=FOUND)) == expected


async def test_details_say_where_each_score_is_from(filled: Shelf) -> None:
    details = {"details": {"$meta": "scoreDetails"}, "score": {"$meta": "score"}}
    found = await filled.run(fusion(None, True, near=NEAR, text=FOUND, sorted=SORTED), {"$project": details})
    first, second = found[0], next(doc for doc in found if doc["_id"] == "a")
    near_score, text_score = dict(await filled.near(limit=2)), await filled.search(**FOUND[0]["$search"])
    assert first["details"] == {
        "value": first["score"],
        "description": DESCRIPTION,
        "details": [
            {"inputPipelineName": "near", "rank": 2, "weight": 1.0, "value": near_score["b"], "details": []},
            {"inputPipelineName": "text", "rank": 1, "weight": 1.0, "value": text_score["b"], "details": []},
            {"inputPipelineName": "sorted", "rank": 2, "weight": 1.0, "details": []},
        ],
    }
    assert second["details"]["details"][1] == {
        "inputPipelineName": "text",
        "rank": "N/A",
        "weight": 1.0,
        "details": [],
    }


async def test_without_details_there_are_none(filled: Shelf) -> None:
    work = filled.run(fusion(near=NEAR), {"$set": {"x": {"$meta": "scoreDetails"}}})
    assert await refusal(work) == (40218, "query requires scoreDetails metadata, but it is not available")


async def test_an_input_may_select_further(filled: Shelf) -> None:
    later = [near(), {"$match": {"n": {"$lt": 3}}}, {"$skip": 1}, {"$limit": 1}]
    assert await fused(filled, one=later) == [("c", 1 / 61)]


async def test_an_input_without_search_is_ranked_by_its_sort(filled: Shelf) -> None:
    assert await fused(filled, one=SORTED) == [("c", 1 / 61), ("b", 1 / 62), ("a", 1 / 63)]


async def test_hits_of_a_fusion_go_through_further_stages(filled: Shelf) -> None:
    found = await filled.run(fusion(near=NEAR, text=FOUND), {"$match": {"n": {"$gt": 1}}}, {"$project": {"_id": 1}})
    assert found == [{"_id": "b"}, {"_id": "a"}]


async def test_a_fusion_in_a_union_is_answered(filled: Shelf) -> None:
    union: Doc = {"$unionWith": {"coll": "docs", "pipeline": [fusion(near=NEAR)]}}
    found = await filled.run({"$match": {"_id": "d"}}, union, {"$project": {"_id": 1}})
    assert found == [{"_id": "d"}, {"_id": "a"}, {"_id": "b"}]


WRONG: list[tuple[Any, str | None]] = [
    (5, "$rankFusion value must be an object"),
    ({}, '"$rankFusion.input" is required'),
    ({"input": {}}, '"$rankFusion.input.pipelines" is required'),
    ({"input": {"pipelines": {}}}, '"$rankFusion.input.pipelines" cannot be empty'),
    ({"input": {"pipelines": []}}, '"$rankFusion.input.pipelines" must be a document'),
    ({"input": {"pipelines": {"a": NEAR}, "normalization": "none"}}, None),
    ({"input": {"pipelines": {"a": NEAR}}, "extra": 1}, '"$rankFusion" unrecognized field "extra"'),
    (
        {"input": {"pipelines": {"a": NEAR}}, "scoreDetails": 1},
        '"$rankFusion.scoreDetails" must be a boolean',
    ),
    (
        {"input": {"pipelines": {"a": NEAR}}, "combination": {"weights": {"b": 1}}},
        '"$rankFusion.combination.weights.b" is the name of no pipeline',
    ),
    *(
        (
            {"input": {"pipelines": {"a": NEAR}}, "combination": {"weights": {"a": weight}}},
            '"$rankFusion.combination.weights.a" must be a number that is not negative',
        )
        for weight in (-1, "1", None, float("nan"))
    ),
    *(({"input": {"pipelines": {name: NEAR}}}, None) for name in ("", "$a", "a.b")),
    ({"input": {"pipelines": {"a": []}}}, "$rankFusion pipeline a cannot be empty"),
    ({"input": {"pipelines": {"a": NEAR[0]}}}, "$rankFusion pipeline a cannot be empty"),
    *(
        ({"input": {"pipelines": {"a": [near(), stage]}}}, None)
        for stage in ({"$project": {"n": 1}}, {"$set": {"x": 1}}, {"$group": {"_id": 1}}, {}, 5)
    ),
    (
        {"input": {"pipelines": {"a": [{"$match": {}}]}}},
        "$rankFusion pipeline a must be ranked: begin with one of $search, $vectorSearch, $geoNear, or have a $sort",
    ),
    ({"input": {"pipelines": {"a": [fusion(b=NEAR)]}}}, None),
]


@pytest.mark.parametrize(("spec", "text"), WRONG)
async def test_what_is_not_written_as_mongodb_wants_it_does_not_parse(
    filled: Shelf, spec: Any, text: str | None
) -> None:
    code, told = await refusal(filled.run({"$rankFusion": spec}))
    assert (code, text or told) == (9, told)


async def test_a_fusion_is_the_first_stage(filled: Shelf) -> None:
    assert (await refusal(filled.run({"$match": {}}, fusion(near=NEAR))))[0] == 40602


async def test_what_is_wrong_in_an_input_is_said_as_without_a_fusion(filled: Shelf) -> None:
    wrong = [near(limit=-1)]
    assert await refusal(filled.run(fusion(near=wrong))) == await refusal(filled.run(*wrong))
    unsorted = [{"$match": {"$bad": 1}}, {"$sort": {"n": 1}}]
    assert await refusal(filled.run(fusion(one=unsorted))) == await refusal(filled.run(*unsorted))


@pytest_asyncio.fixture(loop_scope="session")
async def older(mongod: EmbeddedMongo, database: str) -> AsyncGenerator[Shelf, None]:
    """On a server before 8.0."""
    async with atlas(mongod.uri, rank_fusion=False) as server:
        opened = await connect(server.uri, database=database)
        yield Shelf(server, await opened.create_collection("docs"))
        await opened.client.drop_database(database)
        await opened.client.close()


async def test_an_older_server_knows_no_fusion_and_no_common_score(older: Shelf) -> None:
    expected = (40324, "Unrecognized pipeline stage name: '$rankFusion'")
    assert await refusal(older.run(fusion(near=NEAR))) == expected
    union: Doc = {"$unionWith": {"coll": "docs", "pipeline": [fusion(near=NEAR)]}}
    assert await refusal(older.run(union)) == expected
    await older.vectors()
    assert await older.ids() == []
    assert (await refusal(older.run(near(), {"$set": {"s": {"$meta": "score"}}})))[0] == 17308

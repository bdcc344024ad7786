"""What a search index may be defined to hold (atlas-search.md D.2, D.3)."""

from typing import Any

import pytest
from tests.atlas.shelf import Shelf, refusal, vector_definition

VECTOR = {"type": "vector", "path": "v", "numDimensions": 8, "similarity": "cosine"}
WHOLE: dict[str, Any] = {
    "fields": [
        {**VECTOR, "quantization": "scalar", "hnswOptions": {"maxEdges": 64, "numEdgeCandidates": 3200}},
        {**VECTOR, "path": "w", "numDimensions": 8192, "quantization": "binary", "similarity": "euclidean"},
        {"type": "filter", "path": "threadId"},
        {"type": "filter", "path": "in.side"},
    ],
    "storedSource": {"include": ["threadId"]},
    "numPartitions": 2,
}


async def make(shelf: Shelf, definition: Any, kind: str = "vectorSearch", name: Any = "made") -> Any:
    index = {"name": name, "type": kind, "definition": definition}
    return await shelf.docs.database.command({"createSearchIndexes": "docs", "indexes": [index]})


def vector(**fields: Any) -> dict[str, Any]:
    return {"fields": [{**VECTOR, **fields}]}


def mapped(**fields: Any) -> dict[str, Any]:
    return {"mappings": {"fields": fields}}


async def test_everything_that_is_documented_may_be_defined(shelf: Shelf) -> None:
    made = await make(shelf, WHOLE)
    (listed,) = await shelf.listed()
    assert made["indexesCreated"] == [{"id": listed["id"], "name": "made"}]
    assert (listed["type"], listed["latestDefinition"]) == ("vectorSearch", WHOLE)


async def test_a_text_index_maps_fields_to_one_type_or_several(shelf: Shelf) -> None:
    token = {"type": "token", "normalizer": "lowercase"}
    types = [{"type": "string", "analyzer": "lucene.standard", "searchAnalyzer": "lucene.standard"}, token]
    inner = {"type": "document", "dynamic": True, "fields": {"at": {"type": "date"}}}
    await make(shelf, {"analyzer": "lucene.standard", **mapped(title=types, inner=inner)}, "search")
    await shelf.server.finish_building()
    await shelf.add({"_id": 1, "title": "Two Words", "inner": {"more": "text"}})
    assert await shelf.search(index="made", equals={"path": "title", "value": "two words"}) == {1: 1.0}
    assert list(await shelf.search(index="made", text={"path": "title", "query": "words"})) == [1]
    assert list(await shelf.search(index="made", text={"path": "inner.more", "query": "text"})) == [1]


async def test_an_index_is_for_text_and_named_default_if_nothing_is_said(shelf: Shelf) -> None:
    index = {"definition": {"mappings": {"dynamic": True}}}
    await shelf.docs.database.command({"createSearchIndexes": "docs", "indexes": [index]})
    assert [(doc["name"], doc["type"]) for doc in await shelf.listed()] == [("default", "search")]


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        (None, '"userCommand.indexes[0]" must be a document'),
        ({}, '"userCommand.indexes[0].fields" is required'),
        ({"fields": []}, '"userCommand.indexes[0].fields" cannot be empty'),
        (
            {"fields": [{"type": "filter", "path": "x"}]},
            '"userCommand.indexes[0].fields" must have at least one vector field',
        ),
        (
            {"fields": [VECTOR, {"type": "filter", "path": "v"}]},
            '"userCommand.indexes[0].fields" Vector and filter fields should have distinct paths',
        ),
        (
            {"fields": [VECTOR, VECTOR]},
            '"userCommand.indexes[0].fields" Vector and filter fields should have distinct paths',
        ),
        (vector(numDimensions=0), '"userCommand.indexes[0].fields[0].numDimensions" must be within bounds [1, 8192]'),
        (
            vector(numDimensions=8193),
            '"userCommand.indexes[0].fields[0].numDimensions" must be within bounds [1, 8192]',
        ),
        (vector(numDimensions="8"), '"userCommand.indexes[0].fields[0].numDimensions" must be an integer'),
        (vector(numDimensions=2.5), '"userCommand.indexes[0].fields[0].numDimensions" must be an integer'),
        (
            vector(numDimensions=12, quantization="binary"),
            '"userCommand.indexes[0].fields[0].numDimensions" must be a multiple of 8',
        ),
        (
            vector(similarity="dot"),
            '"userCommand.indexes[0].fields[0].similarity" must be one of [cosine, dotProduct, euclidean]',
        ),
        (
            vector(quantization="half"),
            '"userCommand.indexes[0].fields[0].quantization" must be one of [none, scalar, binary]',
        ),
        (vector(path="$v"), '"userCommand.indexes[0].fields[0].path" must be the path of a field'),
        (vector(path="a..b"), '"userCommand.indexes[0].fields[0].path" must be the path of a field'),
        (vector(type="text"), '"userCommand.indexes[0].fields[0].type" must be one of [vector, filter]'),
        (vector(compression=1), '"userCommand.indexes[0].fields[0]" unrecognized field "compression"'),
        (
            vector(hnswOptions={"maxEdges": 15}),
            '"userCommand.indexes[0].fields[0].hnswOptions.maxEdges" must be within bounds [16, 64]',
        ),
        (
            vector(hnswOptions={"numEdgeCandidates": 3201}),
            '"userCommand.indexes[0].fields[0].hnswOptions.numEdgeCandidates" must be within bounds [100, 3200]',
        ),
        (
            {"fields": [VECTOR], "storedSource": True},
            '"userCommand.indexes[0].storedSource" must be a document with either include or exclude',
        ),
        ({"fields": [VECTOR], "numPartitions": 3}, '"userCommand.indexes[0].numPartitions" must be one of [1, 2, 4]'),
        ({"fields": [VECTOR], "mappings": {}}, '"userCommand.indexes[0]" unrecognized field "mappings"'),
    ],
)
async def test_a_vector_index_that_is_not_defined_as_atlas_wants_it_is_refused(
    shared: Shelf, definition: Any, text: str
) -> None:
    assert await refusal(make(shared, definition)) == (2, text)
    assert await shared.listed() == []


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        ({}, '"userCommand.indexes[0].mappings" is required'),
        (vector_definition(), '"userCommand.indexes[0].mappings" is required'),
        ({"mappings": {"dynamic": "yes"}}, '"userCommand.indexes[0].mappings.dynamic" must be a boolean'),
        (mapped(t="string"), '"userCommand.indexes[0].mappings.fields.t" must be a document'),
        (mapped(t={}), '"userCommand.indexes[0].mappings.fields.t.type" is required'),
        (
            mapped(t={"type": "token", "normalizer": "upper"}),
            '"userCommand.indexes[0].mappings.fields.t.normalizer" must be one of [none, lowercase]',
        ),
        (
            mapped(t=[{"type": "token"}, {"type": "token"}]),
            '"userCommand.indexes[0].mappings.fields.t[1].type" is token twice',
        ),
        (
            mapped(t={"type": "number", "analyzer": "lucene.standard"}),
            '"userCommand.indexes[0].mappings.fields.t" unrecognized field "analyzer"',
        ),
        ({**mapped(), "fields": []}, '"userCommand.indexes[0]" unrecognized field "fields"'),
    ],
)
async def test_a_text_index_that_is_not_defined_as_atlas_wants_it_is_refused(
    shared: Shelf, definition: Any, text: str
) -> None:
    assert await refusal(make(shared, definition, "search")) == (2, text)
    assert await shared.listed() == []


@pytest.mark.parametrize(
    ("kind", "definition"),
    [
        ("vectorSearch", {"fields": [VECTOR], "nestedRoot": "x"}),
        ("search", mapped(t={"type": "string", "analyzer": "lucene.french"})),
        ("search", mapped(t={"type": "autocomplete"})),
        ("search", mapped(t={"type": "embeddedDocuments"})),
        ("search", {**mapped(), "synonyms": []}),
    ],
)
async def test_what_is_documented_but_not_stood_in_for_is_refused_as_that(
    shared: Shelf, kind: str, definition: Any
) -> None:
    assert (await refusal(make(shared, definition, kind)))[0] == 238


@pytest.mark.parametrize("name", ["", "a\0b", "$a", 5])
async def test_a_name_that_no_index_can_have_is_refused(shared: Shelf, name: Any) -> None:
    assert (await refusal(make(shared, vector(), name=name)))[0] == 2


async def test_of_several_indexes_none_is_made_when_one_is_wrong(shelf: Shelf) -> None:
    indexes = [{"name": str(size), "type": "vectorSearch", "definition": vector(numDimensions=size)} for size in (8, 0)]
    assert (await refusal(shelf.docs.database.command({"createSearchIndexes": "docs", "indexes": indexes})))[0] == 2
    assert await shelf.listed() == []


async def test_two_indexes_of_a_collection_have_two_names(shelf: Shelf) -> None:
    await make(shelf, vector())
    assert await refusal(make(shelf, vector(numDimensions=16))) == (68, "Duplicate Index")
    assert await refusal(make(shelf, vector())) == (68, "Duplicate Index")
    twice = [{"name": "twin", "type": "vectorSearch", "definition": vector()}] * 2
    assert (await refusal(shelf.docs.database.command({"createSearchIndexes": "docs", "indexes": twice})))[0] == 68
    assert len(await shelf.listed()) == 1


async def test_an_index_is_of_a_collection_that_is_there(shelf: Shelf) -> None:
    database = shelf.docs.database
    missing = Shelf(shelf.server, database["missing"])
    work = missing.define(vector(), "vectorSearch")
    assert await refusal(work) == (26, f"Collection '{database.name}.missing' does not exist.")


async def test_search_indexes_are_not_changed_in_a_transaction(shelf: Shelf) -> None:
    database = shelf.docs.database
    async with database.client.start_session() as session:
        await session.start_transaction()
        work = database.command({"createSearchIndexes": "docs", "indexes": []}, session=session)
        assert (await refusal(work))[0] == 263
        assert (await refusal(shelf.docs.insert_one({}, session=session)))[0] == 251
        await session.abort_transaction()

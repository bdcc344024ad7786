"""`$vectorSearch` as atlas-search.md D.1 says: what it finds, its scores, and what it refuses."""

import math
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from bson import Int64
from bson.binary import Binary, BinaryVectorDtype
from tests.atlas import State
from tests.atlas.shelf import Shelf, floats, mongot, near, refusal


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def defined(shared: Shelf) -> Shelf:
    """With an index that has nothing in it."""
    await shared.vectors("f")
    return shared


async def test_cosine_scores_are_half_of_one_plus_the_cosine(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add({"_id": "same", "v": [2, 0]}, {"_id": "across", "v": [0, 3]}, {"_id": "away", "v": [-1, 0]})
    await shelf.add({"_id": "half", "v": [1, 1]})
    expected = [("same", 1.0), ("half", pytest.approx((1 + math.sqrt(0.5)) / 2)), ("across", 0.5), ("away", 0.0)]
    assert await shelf.near([1, 0]) == expected


async def test_dot_product_scores_are_half_of_one_plus_the_product_and_never_below_zero(shelf: Shelf) -> None:
    await shelf.vectors(similarity="dotProduct")
    await shelf.add({"_id": "a", "v": [0.6, 0.8]}, {"_id": "b", "v": [0, 1]}, {"_id": "c", "v": [-3, 0]})
    assert await shelf.near([1, 0]) == [("a", pytest.approx(0.8)), ("b", 0.5), ("c", 0.0)]


async def test_euclidean_scores_are_one_over_one_plus_the_squared_distance(shelf: Shelf) -> None:
    await shelf.vectors(similarity="euclidean")
    await shelf.add({"_id": "near", "v": [1, 0]}, {"_id": "far", "v": [1, 3]})
    assert await shelf.near([1, 0]) == [("near", 1.0), ("far", pytest.approx(0.1))]


async def test_scores_have_the_precision_of_32_bit_floats(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 1]})
    ((_, score),) = await shelf.near([1, 0])
    assert score == float(np.float32((1 + math.sqrt(0.5)) / 2)) != (1 + math.sqrt(0.5)) / 2


@pytest.mark.parametrize("stored", [[1, 0.5], [1, Int64(2)], floats(1.0, 0.5)])
@pytest.mark.parametrize("asked", [[1, 0], [1.0, Int64(0)], floats(1.0, 0.0)])
async def test_vectors_are_arrays_of_any_numbers_or_bson_vectors_on_either_side(
    shelf: Shelf, stored: Any, asked: Any
) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": stored})
    assert await shelf.ids(asked) == [1]


@pytest.mark.parametrize(
    "not_indexed",
    [[1], [1, 2, 3], "1, 2", ["1", "2"], [1, math.nan], [1, math.inf], [0, 0], None, floats(1.0, 2.0, 3.0), [[1, 2]]],
)
async def test_a_document_whose_vector_cannot_be_indexed_is_not_found(shelf: Shelf, not_indexed: Any) -> None:
    await shelf.vectors()
    await shelf.add({"_id": "good", "v": [1, 1]}, {"_id": "odd", "v": not_indexed}, {"_id": "none"})
    assert await shelf.ids() == ["good"]


async def test_a_zero_vector_is_indexed_where_there_is_a_distance_to_it(shelf: Shelf) -> None:
    await shelf.vectors(similarity="euclidean")
    await shelf.add({"_id": 1, "v": [0, 0]})
    assert await shelf.near([0, 0]) == [(1, 1.0)]


async def test_the_nearest_come_first_and_no_more_than_the_limit(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add(*({"_id": number, "v": [1, number / 10]} for number in range(9, -1, -1)))
    assert await shelf.ids(limit=3) == [0, 1, 2]


async def test_a_search_may_be_exact(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 0]})
    assert await shelf.ids(exact=True, numCandidates=None) == [1]
    assert await shelf.ids(exact=False) == [1]


async def test_a_vector_in_a_document_within_is_found_by_its_path(shelf: Shelf) -> None:
    field = {"type": "vector", "path": "vectors.small_2", "numDimensions": 2, "similarity": "cosine"}
    await shelf.define({"fields": [field]}, "vectorSearch", "vec")
    await shelf.add({"_id": 1, "vectors": {"small_2": floats(1, 0)}})
    await shelf.add({"_id": 2, "vectors": {}}, {"_id": 3, "vectors": 1})
    assert await shelf.ids(path="vectors.small_2") == [1]


async def test_without_such_an_index_nothing_is_found_and_nothing_is_wrong(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 0]})
    assert await shelf.ids(index="other") == []


async def test_without_such_a_collection_nothing_is_found_and_nothing_is_wrong(shelf: Shelf) -> None:
    missing = Shelf(shelf.server, shelf.docs.database["missing"])
    assert await missing.ids() == []


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        ({"limit": -1}, 7912700, "Expected limit to be positive"),
        ({"limit": 0}, 7912700, "Expected limit to be positive"),
        ({"limit": "5"}, 8575100, "Expected limit to be a number"),
        ({"limit": 2.5}, *mongot('"limit" must be an integer')),
        ({"limit": None}, *mongot('"limit" is required')),
        ({"index": None}, *mongot('"index" is required')),
        ({"index": 1}, *mongot('"index" must be a string')),
        ({"path": None}, *mongot('"path" is required')),
        ({"path": "w"}, *mongot("w is not indexed as vector")),
        ({"path": "f"}, *mongot("f is not indexed as vector")),
        ({"vector": None}, *mongot('"queryVector" is required')),
        ({"vector": []}, *mongot('"queryVector" cannot be empty')),
        ({"vector": "1"}, *mongot('"queryVector" must be an array of numbers or a BSON vector')),
        ({"vector": [1, "0"]}, *mongot('"queryVector[1]" must be a number')),
        ({"vector": [1, True]}, *mongot('"queryVector[1]" must be a number')),
        ({"vector": [math.nan, 1]}, *mongot('"queryVector[0]" must be finite')),
        ({"vector": [1, -math.inf]}, *mongot('"queryVector[1]" must be finite')),
        ({"vector": [1, 1e39]}, *mongot('"queryVector[1]" must be finite')),
        ({"vector": floats(1, math.nan)}, *mongot('"queryVector[1]" must be finite')),
        ({"vector": [1]}, *mongot("vector field is indexed with 2 dimensions but queried with 1")),
        ({"vector": floats(1, 2, 3)}, *mongot("vector field is indexed with 2 dimensions but queried with 3")),
        ({"vector": [0, 0]}, *mongot("Cosine similarity cannot be calculated against a zero vector.")),
        ({"numCandidates": None}, *mongot('"numCandidates" is required')),
        ({"numCandidates": 0}, *mongot('"numCandidates" must be within bounds [1, 10000]')),
        ({"numCandidates": 10_001}, *mongot('"numCandidates" must be within bounds [1, 10000]')),
        ({"numCandidates": 9}, *mongot('"numCandidates" must be greater than or equal to "limit"')),
        ({"exact": True}, *mongot('"numCandidates" must be omitted when "exact" is set to true')),
        ({"exact": "yes"}, *mongot('"exact" must be a boolean')),
        ({"filter": "f"}, *mongot('"filter" must be a document')),
        ({"k": 5}, *mongot('unrecognized field "k"')),
    ],
)
async def test_what_is_not_written_as_atlas_wants_it_is_refused(
    defined: Shelf, options: dict[str, Any], code: int, text: str
) -> None:
    assert await refusal(defined.run(near(**{"vector": [1, 0], **options}))) == (code, text)


@pytest.mark.parametrize("spec", [5, "vec", [], None, True])
async def test_a_stage_that_is_no_document_does_not_parse(shelf: Shelf, spec: Any) -> None:
    code, _ = await refusal(shelf.run({"$vectorSearch": spec}))
    assert code == 9


@pytest.mark.parametrize(
    "option", ["query", "model", "parentFilter", "nestedOptions", "returnStoredSource", "explainOptions"]
)
async def test_what_is_documented_but_not_stood_in_for_is_refused_as_that(shelf: Shelf, option: str) -> None:
    code, text = await refusal(shelf.run(near(**{option: {}})))
    assert (code, text) == (238, f"{option} of $vectorSearch is not part of what this test server stands in for")


@pytest.mark.parametrize("dtype", [BinaryVectorDtype.INT8, BinaryVectorDtype.PACKED_BIT])
async def test_bson_vectors_of_other_numbers_are_not_stood_in_for(shelf: Shelf, dtype: BinaryVectorDtype) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": Binary.from_vector([1, 2], dtype)})
    assert await shelf.ids() == []
    assert (await refusal(shelf.ids(Binary.from_vector([1, 2], dtype))))[0] == 238


async def test_an_index_is_asked_what_it_is_for(shelf: Shelf) -> None:
    await shelf.vectors(name="vec")
    await shelf.texts()
    assert (await refusal(shelf.ids(index="default")))[0] == 8
    assert (await refusal(shelf.search(index="vec", text={"query": "x", "path": "t"})))[0] == 8


async def test_an_index_may_have_several_vectors_and_a_document_some_of_them(shelf: Shelf) -> None:
    fields = [{"type": "vector", "path": f"v.{size}", "numDimensions": size, "similarity": "cosine"} for size in (1, 2)]
    await shelf.define({"fields": fields}, "vectorSearch", "vec")
    await shelf.add({"_id": 1, "v": {"1": [1]}}, {"_id": 2, "v": {"1": [1], "2": [1, 1]}})
    assert await shelf.ids([1], path="v.1") == [1, 2]
    assert await shelf.ids([1, 1], path="v.2") == [2]
    assert (await refusal(shelf.ids([1], path="v.2")))[0] == 8


@pytest.mark.parametrize("state", [State.NOT_STARTED, State.INITIAL_SYNC, State.FAILED, State.UNKNOWN])
async def test_an_index_that_is_not_built_answers_with_its_state(shelf: Shelf, state: State) -> None:
    await shelf.vectors()
    shelf.server.set_state(shelf.docs.database.name, "docs", "vec", state)
    assert await refusal(shelf.ids()) == mongot(f"cannot query vector index vec while in state {state.name}")


@pytest.mark.parametrize("state", [State.STEADY, State.STALE, State.RECOVERING])
async def test_an_index_that_was_built_answers_also_when_it_is_behind(shelf: Shelf, state: State) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 0]})
    shelf.server.set_state(shelf.docs.database.name, "docs", "vec", state)
    assert await shelf.ids() == [1]

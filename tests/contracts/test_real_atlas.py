"""What only a real server can prove: run by `make test-atlas`, on the server that WEFT_TEST_ATLAS_URI names."""

import uuid
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from pymongo.errors import OperationFailure
from tests.contracts.atlas_worlds import RealWorld, real
from tests.contracts.search_history import SPACE, History

from weft.errors import InputError
from weft.storage.search.atlas.failures import explained
from weft.storage.search.atlas.fusion import lost_fusion
from weft.storage.search.atlas.index_upkeep import IndexUpkeep
from weft.storage.search.atlas.indexes import vector_index_name
from weft.storage.search.atlas.queries import fused, text_search, vector_search
from weft.storage.search.choice import choose
from weft.storage.search.detection import Ability, detect
from weft.storage.store import Store
from weft.storage.types import Client, Doc
from weft.threads.search import Reach, fuse
from weft.threads.vectors import Space

pytestmark = pytest.mark.atlas

EVERYBODY = Reach()
QUERY = "shuttle loom"
VECTOR = (1.0, 0.4, 0.1, 0.0)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(client: Client) -> AsyncGenerator[RealWorld, None]:
    async with real(Store(client[f"test_{uuid.uuid4().hex}"])) as made:
        history = History(made.store)
        thread = await history.thread("ann")
        for number, words in enumerate(("shuttle", "a shuttle and a loom", "loom of oak", "bobbin", "heddle")):
            await history.say(thread, words, vector=(1.0, number / 4, 0.0, 0.0), order=number)
        await made.settled()
        yield made


async def test_it_has_search_and_is_searched_by_it(world: RealWorld) -> None:
    assert (await detect(world.store.database)).ability is Ability.HERE
    assert (await choose(world.store)).name == "atlas"


async def test_what_is_found_with_one_question_is_what_each_alone_finds(world: RealWorld) -> None:
    text, near = await world.strategy.both(QUERY, VECTOR, SPACE, EVERYBODY, 3)
    assert text == await world.strategy.text(QUERY, EVERYBODY, 3)
    assert near == await world.strategy.vector(VECTOR, SPACE, EVERYBODY, 3)


async def test_the_servers_fusion_is_ours_or_is_known_to_be_missing(world: RealWorld) -> None:
    pipeline = fused(text_search(QUERY, EVERYBODY, 10), vector_search(VECTOR, SPACE, EVERYBODY, 10))
    pipeline[-1] = {"$project": {"score": {"$meta": "score"}}}
    try:
        cursor = await world.store.search_entries.collection.aggregate(pipeline)
        server = {doc["_id"]: doc["score"] for doc in await cursor.to_list()}
    except OperationFailure as error:
        if lost_fusion(error):
            return
        raise
    ours = fuse(*await world.strategy.both(QUERY, VECTOR, SPACE, EVERYBODY, 10), 10)
    assert server == {hit.message_id: pytest.approx(hit.score, abs=1e-9) for hit in ours}


async def test_its_indexes_are_listed_as_they_were_defined(world: RealWorld) -> None:
    states = await IndexUpkeep(world.store.database).states([SPACE])
    assert [(state.name, state.ready, state.fits) for state in states] == [
        ("weft_text", True, True),
        (vector_index_name(SPACE), True, True),
    ]
    assert await IndexUpkeep(world.store.database).ensure([SPACE]) == []


async def test_a_query_of_another_dimension_is_refused_in_known_words(world: RealWorld) -> None:
    (stage,) = vector_search((1.0, 0.0), Space(SPACE.model, 2), EVERYBODY, 1)
    ours = {"index": vector_index_name(SPACE), "path": f"vectors.{SPACE.key}"}
    with pytest.raises(InputError, match="another dimension than its index"):
        await _asked(world, [{"$vectorSearch": stage["$vectorSearch"] | ours}])


async def test_an_index_that_is_changed_answers_until_the_new_one_is_built(world: RealWorld) -> None:
    upkeep = IndexUpkeep(world.store.database, "none")
    assert await upkeep.ensure([SPACE]) == ["weft_text"]
    assert await world.strategy.text(QUERY, EVERYBODY, 3)
    async for _ in upkeep.building([SPACE]):
        pass
    assert await world.strategy.text(QUERY, EVERYBODY, 3)


async def _asked(world: RealWorld, pipeline: list[Doc]) -> list[Doc]:
    with explained():
        cursor = await world.store.search_entries.collection.aggregate(pipeline)
        return await cursor.to_list()

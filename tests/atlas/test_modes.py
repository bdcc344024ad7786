"""Servers without search, and a search that fails: what a client has to tell apart (atlas-search.md D.5)."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from pymongo.errors import AutoReconnect
from tests.atlas import Mode, atlas
from tests.atlas.shelf import Shelf, near, refusal, vector_definition

from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Doc

SEARCH: Doc = {"$search": {"text": {"query": "x", "path": "t"}}}
LIST: Doc = {"$listSearchIndexes": {}}
META: Doc = {"$searchMeta": {}}
FUSION: Doc = {"$rankFusion": {}}
STAGES_OFF = (
    "Using $search and $vectorSearch aggregation stages requires additional configuration. Please connect to Atlas or "
    "an AtlasCLI local deployment to enable.For more information on how to connect, see "
    "https://dochub.mongodb.org/core/atlas-cli-deploy-local-reqs."
)
COMMANDS_OFF = "Using Atlas Search Database Commands and the $listSearchIndexes aggregation stage requires additional "


@asynccontextmanager
async def playing(mongod: EmbeddedMongo, database: str, mode: Mode) -> AsyncGenerator[Shelf, None]:
    async with atlas(mongod.uri, mode=mode) as server:
        opened = await connect(server.uri, database=database)
        yield Shelf(server, await opened.create_collection("docs"))
        await opened.client.drop_database(database)
        await opened.client.close()


async def told(shelf: Shelf, stage: Doc) -> tuple[int, str]:
    return await refusal(shelf.run(stage))


async def created(shelf: Shelf) -> tuple[int, str]:
    return await refusal(shelf.define(vector_definition(), "vectorSearch", "vec"))


async def dropped(shelf: Shelf) -> tuple[int, str]:
    return await refusal(shelf.docs.database.command({"dropSearchIndex": "docs", "name": "x"}))


async def test_a_mongod_of_6_0_knows_no_search(mongod: EmbeddedMongo, database: str) -> None:
    async with playing(mongod, database, Mode.OLD) as shelf:
        for stage in (near(), SEARCH, LIST, META, FUSION):
            assert await told(shelf, stage) == (40324, f"Unrecognized pipeline stage name: '{next(iter(stage))}'")
        assert await created(shelf) == (59, "no such command: 'createSearchIndexes'")
        assert await dropped(shelf) == (59, "no such command: 'dropSearchIndex'")


async def test_a_plain_mongod_of_7_asks_for_configuration(mongod: EmbeddedMongo, database: str) -> None:
    async with playing(mongod, database, Mode.NOT_ENABLED) as shelf:
        for stage in (near(), SEARCH, META):
            assert await told(shelf, stage) == (31082, STAGES_OFF)
        for code, text in (await told(shelf, LIST), await created(shelf), await dropped(shelf)):
            assert (code, text.startswith(COMMANDS_OFF)) == (31082, True)


async def test_a_plain_mongod_of_8_fuses_what_it_can_sort(mongod: EmbeddedMongo, database: str) -> None:
    async with playing(mongod, database, Mode.NOT_ENABLED) as shelf:
        await shelf.docs.insert_many([{"_id": 1, "n": 2}, {"_id": 2, "n": 1}])
        inputs: Doc = {"pipelines": {"one": [{"$sort": {"n": 1}}]}}
        assert await shelf.run({"$rankFusion": {"input": inputs}}) == [{"_id": 2, "n": 1}, {"_id": 1, "n": 2}]
        inputs["pipelines"]["two"] = [near()]
        assert await told(shelf, {"$rankFusion": {"input": inputs}}) == (31082, STAGES_OFF)


async def test_some_builds_have_search_on_atlas_only(mongod: EmbeddedMongo, database: str) -> None:
    async with playing(mongod, database, Mode.ONLY_ON_ATLAS) as shelf:
        assert await told(shelf, near()) == (6047401, "$vectorSearch stage is only allowed on MongoDB Atlas")
        assert await told(shelf, LIST) == (6047401, "$listSearchIndexes stage is only allowed on MongoDB Atlas")
        assert (await created(shelf))[0] == 59


async def test_some_builds_ask_for_a_feature_flag(mongod: EmbeddedMongo, database: str) -> None:
    text = "is not allowed with the current configuration. You may need to enable the corresponding feature flag."
    async with playing(mongod, database, Mode.NO_FEATURE_FLAG) as shelf:
        assert await told(shelf, near()) == (224, f"$vectorSearch {text}")
        assert await told(shelf, LIST) == (224, f"$listSearchIndexes {text}")
        assert (await created(shelf))[0] == 59


async def test_some_builds_do_not_support_the_commands(mongod: EmbeddedMongo, database: str) -> None:
    expected = (115, "Search index commands are only supported with Atlas.")
    async with playing(mongod, database, Mode.NOT_SUPPORTED) as shelf:
        assert await told(shelf, LIST) == expected
        assert await created(shelf) == expected
        assert await told(shelf, near()) == (31082, STAGES_OFF)


async def test_some_builds_list_no_index_and_make_none(mongod: EmbeddedMongo, database: str) -> None:
    async with playing(mongod, database, Mode.LISTS_NOTHING) as shelf:
        assert await shelf.listed() == []
        assert (await created(shelf))[0] == 115
        assert await told(shelf, near()) == (31082, STAGES_OFF)


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.ATLAS])
async def test_whatever_it_plays_everything_else_works(mongod: EmbeddedMongo, database: str, mode: Mode) -> None:
    async with playing(mongod, database, mode) as shelf:
        await shelf.docs.insert_one({"_id": 1})
        assert await shelf.run({"$match": {"_id": 1}}) == [{"_id": 1}]


# ------------------------------------------------------------ failures


async def test_a_search_can_be_made_to_fail_so_many_times(shelf: Shelf) -> None:
    shelf.server.fail("$vectorSearch", 8, "connection refused", code_name="UnknownError", times=2)
    for _ in range(2):
        assert await refusal(shelf.ids()) == (8, "connection refused")
    assert await shelf.ids() == []


async def test_a_search_can_be_made_to_fail_until_it_is_mended(shelf: Shelf) -> None:
    shelf.server.fail("$search", 8, "no")
    inner: Doc = {"$rankFusion": {"input": {"pipelines": {"a": [SEARCH]}}}}
    union: Doc = {"$unionWith": {"coll": "docs", "pipeline": [SEARCH]}}
    for stage in (SEARCH, inner, union):
        assert await refusal(shelf.run(stage)) == (8, "no")
    assert await shelf.run({"$match": {}}) == []
    shelf.server.mend("$search")
    assert await shelf.run(SEARCH) == []


async def test_a_command_can_be_made_to_fail(shelf: Shelf) -> None:
    shelf.server.fail("createSearchIndexes", 125, "search is down", code_name="CommandFailed", times=1)
    assert await created(shelf) == (125, "search is down")
    await shelf.vectors()


async def test_a_connection_can_be_lost_in_a_search(shelf: Shelf) -> None:
    shelf.server.hang_up("$vectorSearch")
    with pytest.raises(AutoReconnect):
        await shelf.ids()
    shelf.server.mend("$vectorSearch")
    assert await shelf.ids() == []


async def test_a_connection_that_is_lost_once_is_made_again_by_the_driver(shelf: Shelf) -> None:
    shelf.server.hang_up("$vectorSearch", times=1)
    assert await shelf.ids() == []

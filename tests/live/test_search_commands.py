"""`weft search` and what `weft doctor` says of search, as an operator meets them."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from tests.atlas import State
from tests.live.test_commands import weft
from tests.storage.atlas_world import VECTORS, World, world

from weft.storage.embedded import EmbeddedMongo


@pytest_asyncio.fixture(loop_scope="session")
async def there(mongod: EmbeddedMongo, database: str) -> AsyncGenerator[World, None]:
    """A message with a vector, and not one index yet."""
    async with world(mongod, database) as opened:
        await opened.say(await opened.thread(), "the boat", (1.0, 0.0, 0.0))
        yield opened


@pytest.fixture
def atlas_env(there: World) -> dict[str, str]:
    return {"WEFT_MONGODB_URI": there.server.uri, "WEFT_DATABASE": there.name}


async def test_indexes_are_created_and_waited_for(there: World, atlas_env: dict[str, str]) -> None:
    code, printed = await weft(atlas_env, "search", "create-indexes")
    assert code == 0, printed
    assert "weft_text: READY, can be searched, 1 entries" in printed
    assert f"{VECTORS}: READY, can be searched, 1 entries" in printed
    assert printed.endswith("all can be searched\n")
    code, printed = await weft(atlas_env, "search", "status")
    assert (code, printed.count("READY, can be searched")) == (0, 2)


async def test_an_index_that_takes_too_long_is_named(there: World, atlas_env: dict[str, str]) -> None:
    there.server.hold_builds()
    code, printed = await weft(atlas_env, "search", "create-indexes", "--timeout", "1")
    assert code == 1
    assert "weft_text: BUILDING, cannot be searched" in printed
    assert f"weft: weft_text, {VECTORS} was not ready within 1 s. MongoDB goes on by itself" in printed
    code, printed = await weft(atlas_env, "search", "status")
    assert (code, printed.count("BUILDING, cannot be searched")) == (1, 2)


async def test_an_index_that_cannot_be_built_is_dropped_and_created_again(
    there: World, atlas_env: dict[str, str]
) -> None:
    await there.indexed()
    there.server.set_state(there.name, "searchEntries", "weft_text", State.FAILED)
    code, printed = await weft(atlas_env, "search", "create-indexes")
    assert code == 1
    assert "could not build weft_text; drop it (`weft search drop-indexes`)" in printed
    code, printed = await weft(atlas_env, "doctor")
    assert code == 1
    assert "WRONG search index weft_text: FAILED, 1 entries\n      drop it with `weft search drop-indexes`" in printed
    code, printed = await weft(atlas_env, "search", "drop-indexes")
    assert (code, printed.endswith(f"\ndropped: weft_text, {VECTORS}\n")) == (0, True)
    await there.server.finish_building()
    code, printed = await weft(atlas_env, "search", "create-indexes")
    assert (code, printed.endswith("all can be searched\n")) == (0, True)


async def test_only_indexes_that_are_not_used_any_more_can_be_dropped(there: World, atlas_env: dict[str, str]) -> None:
    await there.indexed()
    await there.store.search_spaces.collection.delete_many({})
    code, printed = await weft(atlas_env, "search", "status")
    assert (code, f"{VECTORS}: READY, can be searched, 0 entries, not used" in printed) == (0, True)
    code, printed = await weft(atlas_env, "doctor")
    assert (code, "drop-indexes --unused" in printed) == (1, True)
    code, printed = await weft(atlas_env, "search", "drop-indexes", "--unused")
    assert (code, printed.endswith(f"\ndropped: {VECTORS}\n")) == (0, True)
    await there.server.finish_building()
    assert await there.search.indexes.names() == {"weft_text"}


async def test_another_language_changes_the_index_of_text(there: World, atlas_env: dict[str, str]) -> None:
    await there.indexed()
    code, printed = await weft(atlas_env | {"WEFT_SEARCH_LANGUAGE": "none"}, "search", "create-indexes")
    assert (code, printed.endswith("all can be searched\n")) == (0, True)
    (definition,) = [
        doc["latestDefinition"]
        async for doc in await there.store.search_entries.collection.list_search_indexes("weft_text")
    ]
    assert definition["mappings"]["fields"]["text"]["analyzer"] == "lucene.standard"
    code, printed = await weft(atlas_env | {"WEFT_SEARCH_LANGUAGE": "none"}, "doctor")
    assert (code, "WRONG" in printed) == (0, False)


async def test_a_user_who_may_not_create_indexes_is_told_who_may(there: World, atlas_env: dict[str, str]) -> None:
    there.server.fail("createSearchIndexes", 13, "not authorized on weft to execute command { createSearchIndexes: 1 }")
    code, printed = await weft(atlas_env, "search", "create-indexes")
    assert code == 1
    assert "weft: the MongoDB user may not work with the search index weft_text: give it the role readWrite" in printed
    code, printed = await weft(atlas_env, "doctor")
    assert code == 1
    assert "WRONG search index weft_text: MISSING, 1 entries\n      run `weft search create-indexes`" in printed


async def test_where_weft_searches_by_itself_nothing_is_to_be_done(env: dict[str, str]) -> None:
    for command in ("create-indexes", "status", "drop-indexes"):
        code, printed = await weft(env, "search", command)
        assert code == 0
        assert "this MongoDB has no search indexes of its own: Weft searches by itself, nothing is to be" in printed


async def test_search_indexes_that_are_asked_for_and_not_there_keep_weft_from_starting(env: dict[str, str]) -> None:
    for command in (["search", "create-indexes"], ["worker", "tests.live.apps:app"]):
        code, printed = await weft(env | {"WEFT_SEARCH": "atlas"}, *command)
        assert code == 1
        assert "\nweft: WEFT_SEARCH is atlas, but this MongoDB has no search indexes of its own" in printed
        assert "Traceback" not in printed


async def test_the_doctor_shows_each_search_index(there: World, atlas_env: dict[str, str]) -> None:
    await there.indexed()
    code, printed = await weft(atlas_env, "doctor")
    assert (code, "WRONG" in printed) == (0, False), printed
    assert "ok    search: atlas: search indexes of MongoDB's own\n" in printed
    assert "ok    search index weft_text: READY, 1 entries\n" in printed
    assert f"ok    search index {VECTORS}: READY, 1 entries\n" in printed
    there.server.set_state(there.name, "searchEntries", VECTORS, State.STALE)
    code, printed = await weft(atlas_env, "doctor")
    assert code == 1
    assert f"WRONG search index {VECTORS}: STALE, 1 entries\n      it answers, but with what it knew" in printed


async def test_the_doctor_says_that_search_is_down_or_forbidden_or_turned_off(
    there: World, atlas_env: dict[str, str]
) -> None:
    for name in ("$listSearchIndexes", "createSearchIndexes"):
        there.server.fail(name, 125, "Error connecting to Search Index Management service.")
    code, printed = await weft(atlas_env, "doctor")
    assert code == 1
    assert "WRONG search: atlas, but it does not answer: Error connecting to Search Index Management" in printed
    assert "see that mongot runs" in printed
    there.server.fail("$listSearchIndexes", 13, "not authorized on weft")
    code, printed = await weft(atlas_env, "doctor")
    assert code == 1
    assert "WRONG search: embedded: the MongoDB user may not see search indexes" in printed
    code, printed = await weft(atlas_env | {"WEFT_SEARCH": "embedded"}, "doctor")
    assert (code, "ok    search: embedded, as WEFT_SEARCH says" in printed) == (0, True)

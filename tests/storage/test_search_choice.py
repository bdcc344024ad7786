"""Which way is searched is found out from the server, and can be said by the operator."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from pymongo.errors import OperationFailure
from tests.atlas import Mode
from tests.storage.atlas_world import World, world

from weft.agents.weft import Weft
from weft.errors import ConfigError, UnavailableError
from weft.settings import from_environment
from weft.storage.embedded import EmbeddedMongo
from weft.storage.search.choice import choose
from weft.storage.search.detection import Ability, detect
from weft.storage.store import Store

WITHOUT = [mode for mode in Mode if mode is not Mode.ATLAS]


@pytest_asyncio.fixture(loop_scope="session")
async def there(mongod: EmbeddedMongo, database: str) -> AsyncGenerator[World, None]:
    async with world(mongod, database) as opened:
        yield opened


async def test_a_server_with_search_indexes_is_searched_by_them(there: World) -> None:
    assert (await detect(there.store.database)).ability is Ability.HERE
    assert (await choose(there.store)).name == "atlas"
    assert (await choose(there.store, "atlas")).name == "atlas"
    assert (await choose(there.store, "embedded")).name == "embedded"


@pytest.mark.parametrize("mode", WITHOUT, ids=lambda mode: mode.name)
async def test_a_server_without_them_is_searched_by_weft(mongod: EmbeddedMongo, database: str, mode: Mode) -> None:
    async with world(mongod, database, mode=mode) as there:
        assert (await detect(there.store.database)).ability is Ability.NONE
        assert (await choose(there.store)).name == "embedded"
        with pytest.raises(ConfigError, match=r"^WEFT_SEARCH is atlas, but this MongoDB has no search indexes.*auto"):
            await choose(there.store, "atlas")


async def test_the_mongod_itself_has_none(empty_store: Store) -> None:
    assert (await choose(empty_store)).name == "embedded"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (13, "not authorized on weft to execute command { aggregate: 1 }"),
        (8000, "user is not allowed to do action [listSearchIndexes] on [weft.searchEntries]"),
    ],
)
async def test_a_user_who_may_not_see_them_is_searched_for_by_weft_unless_they_are_asked_for(
    there: World, caplog: pytest.LogCaptureFixture, code: int, text: str
) -> None:
    there.server.fail("$listSearchIndexes", code, text)
    assert (await choose(there.store)).name == "embedded"
    assert "may not be used by this MongoDB user" in caplog.text
    with pytest.raises(ConfigError, match="give it the role readWrite"):
        await choose(there.store, "atlas")


@pytest.mark.parametrize(
    ("code", "text"),
    [(125, "Error connecting to Search Index Management service."), (6, "Error connecting to localhost:27027")],
)
async def test_search_that_is_down_is_waited_for_and_keeps_nothing_from_starting(
    there: World, caplog: pytest.LogCaptureFixture, code: int, text: str
) -> None:
    for name in ("$listSearchIndexes", "$search", "createSearchIndexes"):
        there.server.fail(name, code, text)
    found = await detect(there.store.database)
    assert (found.ability, found.reason) == (Ability.AWAY, text)
    async with Weft(there.store, work=False) as weft:
        assert weft.search.name == "atlas"
        assert "search is not ready" in caplog.text


async def test_any_other_error_is_one(there: World) -> None:
    there.server.fail("$listSearchIndexes", 11601, "operation was interrupted")
    with pytest.raises((OperationFailure, UnavailableError)):
        await choose(there.store)


async def test_a_server_that_does_not_answer_is_unavailable(there: World) -> None:
    there.server.hang_up("$listSearchIndexes")
    with pytest.raises(UnavailableError):
        await choose(there.store)


async def test_weft_makes_the_indexes_of_the_vectors_that_are_there_when_it_starts(there: World) -> None:
    await there.say(await there.thread(), "the boat", (1.0, 0.0, 0.0))
    async with Weft(there.store, work=False) as weft:
        assert weft.search.name == "atlas"
        assert len(await there.search.indexes.names()) == 2


async def test_the_operator_says_it_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment().search == "auto"
    for value in ("auto", "atlas", "embedded"):
        monkeypatch.setenv("WEFT_SEARCH", value)
        assert from_environment().search == value
    monkeypatch.setenv("WEFT_SEARCH", "lucene")
    with pytest.raises(ConfigError, match="WEFT_SEARCH is not usable: input should be 'auto', 'atlas' or 'embedded'"):
        from_environment()

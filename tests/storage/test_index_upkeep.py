"""Search indexes of MongoDB's own are made, changed, watched and dropped, by any number of processes at once."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from pymongo.operations import SearchIndexModel
from tests.atlas import State
from tests.atlas.indexes import SearchIndex
from tests.storage.atlas_world import SPACE, VECTORS, World, world
from tests.support import in_time

from weft.errors import ConfigError, UnavailableError
from weft.storage.embedded import EmbeddedMongo
from weft.storage.search.atlas.index_upkeep import IndexState, IndexUpkeep
from weft.storage.search.atlas.indexes import fits, text_index, vector_index, wanted_indexes
from weft.storage.types import Doc
from weft.threads.vectors import MAX_DIMENSION, Space

OTHER = Space("test:other", 2)
LANGUAGES = """
    danish dutch english finnish french german hungarian italian norwegian portuguese romanian russian spanish swedish
    turkish
"""


@pytest_asyncio.fixture(loop_scope="session")
async def there(mongod: EmbeddedMongo, database: str) -> AsyncGenerator[World, None]:
    async with world(mongod, database) as opened:
        yield opened


def upkeep(there: World) -> IndexUpkeep:
    return there.search.indexes


async def definitions(there: World) -> dict[str, Any]:
    cursor = await there.store.search_entries.collection.list_search_indexes()
    return {doc["name"]: doc["latestDefinition"] for doc in await cursor.to_list()}


async def states(there: World, *spaces: Space) -> dict[str, IndexState]:
    return {state.name: state for state in await upkeep(there).states(spaces)}


async def test_an_index_for_text_and_one_for_each_space_are_made(there: World) -> None:
    made = await upkeep(there).ensure([SPACE, OTHER])
    assert made == ["weft_text", VECTORS, f"weft_vector_{OTHER.key}"]
    assert await definitions(there) == {
        "weft_text": {
            "mappings": {
                "dynamic": False,
                "fields": {
                    "text": {"type": "string", "analyzer": "lucene.english"},
                    "threadId": {"type": "token"},
                    "userId": {"type": "token"},
                    "order": {"type": "number"},
                },
            }
        },
        VECTORS: vector_index(SPACE).definition,
        f"weft_vector_{OTHER.key}": {
            "fields": [
                {"type": "vector", "path": f"vectors.{OTHER.key}", "numDimensions": 2, "similarity": "cosine"},
                {"type": "filter", "path": "threadId"},
                {"type": "filter", "path": "userId"},
                {"type": "filter", "path": "order"},
            ]
        },
    }
    assert await upkeep(there).ensure([SPACE, OTHER]) == []


async def test_the_largest_space_there_can_be_gets_an_index(there: World) -> None:
    huge = Space(f"openai:{'x' * 200}.é/µ$", MAX_DIMENSION)
    assert await upkeep(there).ensure([huge]) == ["weft_text", f"weft_vector_{huge.key}"]


async def test_processes_that_start_together_make_each_index_once(there: World) -> None:
    processes = [IndexUpkeep(there.store.database) for _ in range(8)]
    made = await in_time(asyncio.gather(*(each.ensure([SPACE, OTHER]) for each in processes)))
    assert sorted(name for names in made for name in names) == sorted(await definitions(there))


async def test_an_index_of_an_older_definition_is_changed_and_answers_meanwhile(there: World) -> None:
    old: dict[str, Any] = {"mappings": {"dynamic": False, "fields": {"text": {"type": "string"}}}}
    entries = there.store.search_entries.collection
    await entries.create_search_index(SearchIndexModel(definition=old, name="weft_text"))
    await there.server.finish_building()
    assert (await states(there))["weft_text"] == IndexState("weft_text", "READY", queryable=True, fits=False)
    there.server.hold_builds()
    assert await upkeep(there).ensure([], change=False) == []
    assert await upkeep(there).ensure([]) == ["weft_text"]
    assert (await states(there))["weft_text"] == IndexState("weft_text", "BUILDING", queryable=True)
    assert not (await states(there))["weft_text"].ready
    await there.server.finish_building()
    assert (await states(there))["weft_text"].ready
    assert await upkeep(there).ensure([]) == []


def test_what_a_server_or_people_add_to_a_definition_is_no_reason_to_change_it() -> None:
    wanted = vector_index(SPACE)
    vector, *filters = wanted.definition["fields"]
    added = [vector | {"quantization": "none", "numDimensions": 3.0}, {"type": "filter", "path": "mine"}, *filters]
    assert fits({"latestDefinition": {"fields": added, "numPartitions": 1}}, wanted)
    assert fits({"definition": wanted.definition}, wanted)
    assert fits({"name": "told of without a definition"}, wanted)
    assert not fits({"latestDefinition": {"fields": [vector | {"numDimensions": 4}, *filters]}}, wanted)
    assert not fits({"latestDefinition": {"fields": [vector | {"similarity": "euclidean"}, *filters]}}, wanted)
    assert not fits({"latestDefinition": {"fields": [vector, *filters[1:]]}}, wanted)
    assert not fits({"latestDefinition": {}}, wanted)
    text = text_index()
    fields = text.definition["mappings"]["fields"]
    twice = fields | {"text": [{"type": "autocomplete"}, fields["text"]], "mine": {"type": "date"}}
    assert fits({"latestDefinition": {"mappings": {"dynamic": False, "fields": twice}, "analyzer": "x"}}, text)
    assert not fits({"latestDefinition": {"mappings": {"dynamic": False, "fields": {}}}}, text)
    assert not fits({"latestDefinition": {"mappings": []}}, text)


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_words_are_cut_to_their_stems_by_the_language_that_is_asked_for(language: str) -> None:
    (index,) = wanted_indexes([], language)
    assert index.definition["mappings"]["fields"]["text"]["analyzer"] == f"lucene.{language}"


def test_without_a_language_words_are_left_as_they_are() -> None:
    (index,) = wanted_indexes([], "none")
    assert index.definition["mappings"]["fields"]["text"]["analyzer"] == "lucene.standard"


async def test_an_index_of_our_name_and_another_kind_is_not_touched(there: World) -> None:
    entries = there.store.search_entries.collection
    await entries.create_search_index(
        SearchIndexModel(definition=vector_index(SPACE).definition, name="weft_text", type="vectorSearch")
    )
    with pytest.raises(ConfigError, match="weft_text of searchEntries has type vectorSearch, not search: drop it"):
        await upkeep(there).ensure([])


async def test_indexes_of_other_people_are_neither_listed_nor_dropped(there: World) -> None:
    entries = there.store.search_entries.collection
    theirs: dict[str, Any] = {"mappings": {"dynamic": True}}
    await entries.create_search_index(SearchIndexModel(definition=theirs, name="theirs"))
    await upkeep(there).ensure([SPACE])
    await there.server.finish_building()
    assert await upkeep(there).names() == {"weft_text", VECTORS}
    assert await upkeep(there).drop() == ["weft_text", VECTORS]
    await there.server.finish_building()
    assert list(await definitions(there)) == ["theirs"]
    assert await upkeep(there).drop() == []


async def test_two_processes_that_drop_an_index_both_see_it_gone(there: World) -> None:
    await upkeep(there).ensure([SPACE])
    await there.server.finish_building()
    listed = await upkeep(there).names()
    there.server.fail("dropSearchIndex", 27, "Index weft_text not found.", times=1)
    assert set(await upkeep(there).drop()) == listed


async def test_states_tell_what_is_missing_how_much_is_in_it_and_what_is_not_used_any_more(there: World) -> None:
    thread = await there.thread()
    await there.say(thread, "the boat", (1.0, 0.0, 0.0))
    await there.say(thread, "no vector")
    assert await states(there, SPACE) == {
        "weft_text": IndexState("weft_text", "MISSING", queryable=False, entries=2),
        VECTORS: IndexState(VECTORS, "MISSING", queryable=False, entries=1),
    }
    there.server.hold_builds()
    await upkeep(there).ensure([SPACE])
    assert {state.status for state in (await states(there, SPACE)).values()} == {"BUILDING"}
    await there.server.finish_building()
    assert all(state.ready for state in (await states(there, SPACE)).values())
    left = (await states(there))[VECTORS]
    assert (left.wanted, left.status, left.queryable) == (False, "READY", True)


async def test_it_is_waited_until_all_can_be_searched(there: World) -> None:
    there.server.hold_builds()
    await upkeep(there).ensure([SPACE])
    seen: list[list[str]] = []
    async for now in upkeep(there).building([SPACE], every=0):
        seen.append([state.status for state in now])
        if len(seen) == 2:
            await there.server.finish_building()
    assert seen == [["BUILDING", "BUILDING"], ["BUILDING", "BUILDING"], ["READY", "READY"]]


async def test_an_index_that_is_being_dropped_is_made_again_when_it_is_gone(there: World) -> None:
    await upkeep(there).ensure([])
    await there.server.finish_building()
    there.server.hold_builds()
    await upkeep(there).drop()
    assert await upkeep(there).ensure([]) == []
    seen: list[str] = []
    async for (now,) in upkeep(there).building([], every=0):
        seen.append(now.status)
        if len(seen) == 2:
            await there.server.finish_building()
    assert seen[:2] == ["DELETING", "DELETING"]
    assert seen[-1] == "READY"


async def test_waiting_for_an_index_that_cannot_be_built_ends_with_what_to_do(there: World) -> None:
    await upkeep(there).ensure([SPACE])
    await there.server.finish_building()
    there.server.set_state(there.name, "searchEntries", VECTORS, State.FAILED)
    with pytest.raises(UnavailableError, match=f"could not build {VECTORS}; drop it .*`weft search drop-indexes`"):
        async for _ in upkeep(there).building([SPACE], every=0):
            pass


@pytest.mark.parametrize("command", ["createSearchIndexes", "updateSearchIndex", "$listSearchIndexes"])
@pytest.mark.parametrize(
    ("code", "text", "kind", "said"),
    [
        (13, "not authorized on weft to execute command", ConfigError, "give it the role readWrite of the database"),
        (8000, "user is not allowed to do action [createSearchIndexes] on [weft.x]", ConfigError, "role readWrite"),
        (125, "Error connecting to Search Index Management service.", UnavailableError, "see that it runs"),
        (31082, "Using Atlas Search Database Commands requires additional configuration.", UnavailableError, "restart"),
    ],
)
async def test_commands_that_are_refused_say_what_to_do(
    there: World, command: str, code: int, text: str, kind: type[Exception], said: str
) -> None:
    if command == "updateSearchIndex":
        await IndexUpkeep(there.store.database, "none").ensure([])
    there.server.fail(command, code, text)
    with pytest.raises(kind, match=said):
        await upkeep(there).ensure([SPACE])


async def test_a_definition_that_the_server_does_not_take_is_told_with_its_words(there: World) -> None:
    there.server.fail("createSearchIndexes", 2, "maximum number of FTS indexes has been reached for this instance size")
    with pytest.raises(ConfigError, match="does not take the search index weft_text: maximum number of FTS indexes"):
        await upkeep(there).ensure([])


async def test_a_server_that_lists_no_states_is_asked_by_a_search(
    there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = SearchIndex.listed
    told = ("id", "name", "type", "latestDefinition")

    def without_states(index: SearchIndex) -> Doc:
        return {name: listed(index)[name] for name in told}

    monkeypatch.setattr(SearchIndex, "listed", without_states)
    there.server.hold_builds()
    await upkeep(there).ensure([SPACE])
    assert [(state.status, state.queryable) for state in (await states(there, SPACE)).values()] == [
        ("INITIAL_SYNC", False),
        ("INITIAL_SYNC", False),
    ]
    await there.server.finish_building()
    assert all(state.ready for state in (await states(there, SPACE)).values())
    there.server.set_state(there.name, "searchEntries", VECTORS, State.FAILED)
    assert (await states(there, SPACE))[VECTORS].failed

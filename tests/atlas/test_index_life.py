"""How a search index lives: it is built after its command returned, follows its collection later, and goes with it."""

import asyncio
from typing import Any

import pytest
from tests.atlas import State
from tests.atlas.shelf import Shelf, mongot, near, refusal, vector_definition
from tests.support import wait_until

from weft.storage.types import Doc

BUILDING = mongot("cannot query vector index vec while in state INITIAL_SYNC")


async def make(shelf: Shelf, *filters: str) -> None:
    """As `Shelf.vectors`, but it does not wait."""
    index = {"name": "vec", "type": "vectorSearch", "definition": vector_definition(*filters)}
    await shelf.docs.database.command({"createSearchIndexes": "docs", "indexes": [index]})


async def status(shelf: Shelf) -> tuple[str, bool] | None:
    """What a list of indexes says of the one."""
    listed = await shelf.listed(name="vec")
    return (listed[0]["status"], listed[0]["queryable"]) if listed else None


async def has_status(shelf: Shelf, expected: tuple[str, bool] | None) -> None:
    async def has() -> bool:
        return await status(shelf) == expected

    await wait_until(has)


# ------------------------------------------------------------ being built


async def test_an_index_is_built_after_its_command_returned(shelf: Shelf) -> None:
    shelf.server.hold_builds()
    await shelf.docs.insert_one({"_id": 1, "v": [1, 0]})
    await make(shelf)
    await has_status(shelf, ("BUILDING", False))
    assert await refusal(shelf.ids()) == BUILDING
    await shelf.server.finish_building()
    assert await status(shelf) == ("READY", True)
    assert await shelf.ids() == [1]


async def test_who_asks_again_and_again_sees_it_become_ready(shelf: Shelf) -> None:
    await make(shelf)
    await has_status(shelf, ("READY", True))


async def test_what_is_written_while_it_is_built_is_in_it(shelf: Shelf) -> None:
    await shelf.docs.insert_many([{"_id": 1, "v": [1, 0]}, {"_id": 2, "v": [1, 0]}])
    shelf.server.hold_builds()
    await make(shelf)
    await has_status(shelf, ("BUILDING", False))
    await shelf.docs.insert_one({"_id": 3, "v": [1, 0]})
    await shelf.docs.delete_one({"_id": 1})
    await shelf.server.finish_building()
    await shelf.server.caught_up()
    assert await shelf.ids() == [2, 3]


async def test_a_build_that_failed_stays_so(shelf: Shelf) -> None:
    shelf.server.hold_builds()
    await make(shelf)
    await has_status(shelf, ("BUILDING", False))
    shelf.server.set_state(shelf.docs.database.name, "docs", "vec", State.FAILED)
    await shelf.server.finish_building()
    assert await status(shelf) == ("FAILED", False)
    assert await refusal(shelf.ids()) == mongot("cannot query vector index vec while in state FAILED")


async def test_many_processes_may_ask_for_one_index_at_once_and_one_makes_it(shelf: Shelf) -> None:
    results = await asyncio.gather(*(make(shelf) for _ in range(10)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType"] + ["OperationFailure"] * 9
    assert len(await shelf.listed()) == 1


@pytest.mark.parametrize(
    ("state", "listed"),
    [
        (State.NOT_STARTED, ("PENDING", False)),
        (State.INITIAL_SYNC, ("BUILDING", False)),
        (State.STEADY, ("READY", True)),
        (State.STALE, ("STALE", True)),
        (State.RECOVERING, ("READY", True)),
        (State.FAILED, ("FAILED", False)),
    ],
)
async def test_a_list_shows_how_far_an_index_is(shelf: Shelf, state: State, listed: tuple[str, bool]) -> None:
    await shelf.vectors()
    shelf.server.set_state(shelf.docs.database.name, "docs", "vec", state)
    assert await status(shelf) == listed


# ------------------------------------------------------------ following the collection


async def test_a_write_is_found_some_time_after_it_returned(shelf: Shelf) -> None:
    await shelf.vectors()
    shelf.server.hold()
    await shelf.docs.insert_one({"_id": 1, "v": [1, 0]})
    assert await shelf.ids() == []
    shelf.server.release()
    await shelf.server.caught_up()
    assert await shelf.ids() == [1]


async def test_who_asks_again_and_again_finds_it_in_the_end(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.docs.insert_one({"_id": 1, "v": [1, 0]})

    async def found() -> bool:
        return await shelf.ids() == [1]

    await wait_until(found)


async def test_held_indexes_cannot_catch_up(shelf: Shelf) -> None:
    shelf.server.hold()
    with pytest.raises(RuntimeError, match="held"):
        await shelf.server.caught_up()


async def test_match_and_score_are_the_indexs_and_the_body_is_that_of_now(shelf: Shelf) -> None:
    await shelf.vectors("user")
    await shelf.add({"_id": 1, "v": [1, 0], "user": "ann", "body": "old"})
    shelf.server.hold()
    await shelf.docs.replace_one({"_id": 1}, {"v": [0, 1], "user": "bob", "body": "new"})
    score = {"score": {"$meta": "vectorSearchScore"}}
    (found,) = await shelf.run(near(filter={"user": "ann"}), {"$project": {"body": 1, "user": 1, **score}})
    assert found == {"_id": 1, "body": "new", "user": "bob", "score": 1.0}
    shelf.server.release()
    await shelf.server.caught_up()
    assert await shelf.ids(filter={"user": "ann"}) == []


async def test_what_was_deleted_meanwhile_makes_fewer_hits_than_the_limit(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add(*({"_id": number, "v": [1, number / 10]} for number in range(5)))
    shelf.server.hold()
    await shelf.docs.delete_many({"_id": {"$in": [0, 2]}})
    assert await shelf.ids(limit=3) == [1]


@pytest.mark.parametrize(
    ("update", "found"),
    [
        ({"$set": {"v": [0, 1]}}, [(2, 1.0), (1, 0.5)]),
        ({"$unset": {"v": 1}}, [(2, 1.0)]),
        ({"$set": {"other": 1}}, [(2, 1.0), (1, 1.0)]),
    ],
)
async def test_an_index_follows_every_kind_of_write(shelf: Shelf, update: Any, found: Any) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 0]}, {"_id": 2, "v": [1, 0]}, {"_id": 3, "v": [1, 0]})
    await shelf.docs.update_one({"_id": 1}, update)
    await shelf.docs.find_one_and_delete({"_id": 3})
    await shelf.server.caught_up()
    assert await shelf.near() == found


async def test_a_transaction_comes_in_when_it_is_committed(shelf: Shelf) -> None:
    await shelf.vectors()
    async with shelf.docs.database.client.start_session() as session, await session.start_transaction():
        await shelf.docs.insert_many([{"_id": 1, "v": [1, 0]}, {"_id": 2, "v": [1, 0]}], session=session)
        await shelf.server.caught_up()
        assert await shelf.ids() == []
    await shelf.server.caught_up()
    assert await shelf.ids() == [1, 2]


async def test_writes_that_did_not_come_through_the_server_are_followed_too(shelf: Shelf, client: Any) -> None:
    await shelf.vectors()
    await client[shelf.docs.database.name]["docs"].insert_one({"_id": 1, "v": [1, 0]})
    await shelf.server.caught_up()
    assert await shelf.ids() == [1]


async def test_a_document_that_matches_no_more_than_its_id_is_found_by_any_kind_of_id(shelf: Shelf) -> None:
    await shelf.vectors()
    ids: list[Any] = ["a", 1, 2.5, None, {"a": 1, "b": [1]}, True, b"x"]
    await shelf.add(*({"_id": one, "v": [1, 0]} for one in ids))
    assert await shelf.ids() == ids


# ------------------------------------------------------------ being changed


async def test_a_changed_index_serves_the_old_until_the_new_is_built(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 0], "user": "ann"})
    shelf.server.hold_builds()
    await shelf.docs.update_search_index("vec", vector_definition("user"))
    await has_status(shelf, ("BUILDING", True))
    assert await shelf.ids() == [1]
    assert (await refusal(shelf.ids(filter={"user": "ann"})))[0] == 8
    (listed,) = await shelf.listed()
    assert (listed["latestDefinition"], listed["latestDefinitionVersion"]["version"]) == (vector_definition("user"), 1)
    await shelf.docs.insert_one({"_id": 2, "v": [1, 0], "user": "ann"})
    await shelf.server.finish_building()
    await shelf.server.caught_up()
    assert await status(shelf) == ("READY", True)
    assert await shelf.ids(filter={"user": "ann"}) == [1, 2]


async def test_of_two_changes_the_later_one_counts(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 0], "b": "x"})
    shelf.server.hold_builds()
    await shelf.docs.update_search_index("vec", vector_definition("a"))
    await shelf.docs.update_search_index("vec", vector_definition("b"))
    await shelf.server.finish_building()
    assert await shelf.ids(filter={"b": "x"}) == [1]


async def test_a_wrong_change_changes_nothing(shelf: Shelf) -> None:
    await shelf.vectors("user")
    assert (await refusal(shelf.docs.update_search_index("vec", {"fields": []})))[0] == 2
    assert (await shelf.listed())[0]["latestDefinition"] == vector_definition("user")


# ------------------------------------------------------------ going


async def test_a_dropped_index_finds_nothing_and_goes_from_the_list_later(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 0]})
    shelf.server.hold_builds()
    await shelf.docs.drop_search_index("vec")
    assert await shelf.ids() == []
    assert await status(shelf) == ("DELETING", False)
    await shelf.server.finish_building()
    assert await shelf.listed() == []


async def test_an_index_is_changed_and_dropped_by_its_id_too(shelf: Shelf) -> None:
    await shelf.vectors()
    known, database = (await shelf.listed())[0]["id"], shelf.docs.database
    await database.command({"updateSearchIndex": "docs", "id": known, "definition": vector_definition("a")})
    assert [doc["id"] for doc in await shelf.listed(id=known)] == [known]
    await database.command({"dropSearchIndex": "docs", "id": known})
    await shelf.server.finish_building()
    assert await shelf.listed() == []


@pytest.mark.parametrize("verb", ["updateSearchIndex", "dropSearchIndex"])
async def test_an_index_that_is_not_there_is_neither_changed_nor_dropped(shelf: Shelf, verb: str) -> None:
    database = shelf.docs.database
    command = {verb: "docs", "name": "vec", "definition": vector_definition()}
    assert await refusal(database.command(command)) == (27, "Index vec not found.")
    assert (await refusal(database.command({verb: "docs", "definition": vector_definition()})))[0] == 9
    assert (await refusal(database.command(command | {"id": "x"})))[0] == 9


async def test_an_index_goes_with_its_collection_and_not_with_one_of_that_name_before(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.docs.drop()
    await has_status(shelf, None)
    database = shelf.docs.database
    await database.create_collection("docs")
    await make(shelf)
    await shelf.server.finish_building()
    await shelf.docs.drop()
    await database.create_collection("docs")
    await has_status(shelf, None)
    await shelf.vectors()
    await shelf.add({"_id": 1, "v": [1, 0]})
    assert await shelf.ids() == [1]


async def test_a_drop_that_is_heard_of_late_takes_only_the_indexes_made_before(shelf: Shelf) -> None:
    await shelf.vectors(name="old")
    shelf.server.hold()
    await shelf.docs.drop()
    await shelf.docs.database.create_collection("docs")
    await shelf.vectors()
    shelf.server.release()
    await shelf.server.caught_up()
    await shelf.server.finish_building()
    assert [doc["name"] for doc in await shelf.listed()] == ["vec"]


async def test_an_index_that_is_dropped_before_its_collection_goes_once(shelf: Shelf) -> None:
    await shelf.vectors()
    shelf.server.hold_builds()
    await shelf.docs.drop_search_index("vec")
    await shelf.docs.drop()
    await has_status(shelf, None)
    await shelf.server.finish_building()
    assert await shelf.listed() == []


async def test_an_index_goes_with_its_database(shelf: Shelf) -> None:
    await shelf.vectors()
    await shelf.docs.database.client.drop_database(shelf.docs.database)
    await has_status(shelf, None)


async def test_a_list_names_all_indexes_or_the_one_that_is_asked_for(shelf: Shelf) -> None:
    await shelf.vectors(name="one")
    await shelf.vectors(name="two")
    assert [doc["name"] for doc in await shelf.listed()] == ["one", "two"]
    assert [doc["name"] for doc in await shelf.listed(name="two")] == ["two"]
    assert await shelf.listed(name="three") == []
    assert [doc["name"] async for doc in await shelf.docs.list_search_indexes("one")] == ["one"]
    assert (await refusal(shelf.listed(name="one", id="x")))[0] == 9
    assert (await refusal(shelf.listed(colour="red")))[0] == 9


async def test_a_list_can_be_worked_on_by_further_stages(shelf: Shelf) -> None:
    await shelf.vectors("user")
    only_names: Doc = {"$project": {"_id": 0, "name": 1}}
    assert await shelf.run({"$listSearchIndexes": {}}, {"$match": {"queryable": True}}, only_names) == [{"name": "vec"}]

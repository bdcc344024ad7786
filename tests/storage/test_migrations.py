"""A database is brought to the version of the code by one process at a time, also when that one is killed."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import ASCENDING
from tests.support import in_time, new_thread, row, wait_until

from weft.agents.weft import Weft
from weft.errors import ConfigError, UnavailableError
from weft.storage.embedded import EmbeddedMongo
from weft.storage.message_docs import message_doc
from weft.storage.migrating import Pace, migrate
from weft.storage.migrations import MIGRATIONS
from weft.storage.search.embedded.pockets import pocket_of
from weft.storage.store import Store
from weft.storage.types import Database
from weft.storage.vector_docs import binary
from weft.threads.messages import MessageRole, MessageStatus
from weft.threads.vectors import Space

SCRIPT = Path(__file__).with_name("migrating_process.py")
Ran = Callable[[Store], Awaitable[None]]


def noted(ran: list[str], name: str) -> Ran:
    async def step(_: Store) -> None:
        ran.append(name)

    return step


async def version(store: Store) -> int | None:
    state = await store.meta.schema()
    return None if state is None else state.version


@asynccontextmanager
async def migrating(mongod: EmbeddedMongo, database: str) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), mongod.uri, database, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ran(db: Database) -> dict[str, int]:
    return {doc["_id"]: doc["times"] for doc in await db["ran"].find().to_list()}


async def test_a_new_database_has_the_version_of_the_code_and_nothing_is_run(db: Database) -> None:
    store, steps = Store(db), list[str]()
    await migrate(store, [noted(steps, "one"), noted(steps, "two")])
    assert await version(store) == 2
    assert steps == []


async def test_an_older_database_goes_through_what_is_new_in_order_and_once(empty_store: Store) -> None:
    steps: list[str] = []
    await migrate(empty_store, [noted(steps, "one")])
    await migrate(empty_store, [noted(steps, "one"), noted(steps, "two"), noted(steps, "three")])
    await migrate(empty_store, [noted(steps, "one"), noted(steps, "two"), noted(steps, "three")])
    assert steps == ["one", "two", "three"]
    assert await version(empty_store) == 3


async def test_a_database_of_newer_code_is_refused_and_left_as_it_is(empty_store: Store) -> None:
    await empty_store.meta.begin(len(MIGRATIONS) + 1)
    before = await empty_store.database.list_collection_names()
    with pytest.raises(ConfigError, match=f"schema version {len(MIGRATIONS) + 1}, this Weft knows {len(MIGRATIONS)}"):
        await Weft(empty_store).__aenter__()
    assert await version(empty_store) == len(MIGRATIONS) + 1
    assert sorted(await empty_store.database.list_collection_names()) == sorted(before)


async def test_a_step_that_fails_is_told_of_and_begun_again_by_the_next_start(empty_store: Store) -> None:
    steps: list[str] = []

    async def failing(_: Store) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await migrate(empty_store, [noted(steps, "one"), failing])
    assert await version(empty_store) == 1
    await migrate(empty_store, [noted(steps, "one"), noted(steps, "two")])
    assert steps == ["one", "two"]


async def test_of_processes_that_start_at_once_each_step_is_run_by_one(
    mongod: EmbeddedMongo, database: str, empty_store: Store
) -> None:
    async with migrating(mongod, database) as one, migrating(mongod, database) as other:
        await wait_until(lambda: _has_run(empty_store, "second"))
        await empty_store.database["leave"].insert_one({})
        assert [(await in_time(each.communicate()))[0] for each in (one, other)] == [b"done\n"] * 2
    assert await ran(empty_store.database) == {"first": 1, "second": 1, "third": 1}
    assert await version(empty_store) == 3


async def test_what_a_killed_process_had_not_finished_another_does_at_once(
    mongod: EmbeddedMongo, database: str, empty_store: Store
) -> None:
    """Its lease would last ten minutes: it is not waited for, because it is known to be gone."""
    async with migrating(mongod, database) as one:
        await wait_until(lambda: _has_run(empty_store, "second"))
        async with migrating(mongod, database) as other:
            one.kill()
            await one.wait()
            await wait_until(lambda: _has_run(empty_store, "second", times=2))
            await empty_store.database["leave"].insert_one({})
            assert (await in_time(other.communicate()))[0] == b"done\n"
    assert await ran(empty_store.database) == {"first": 1, "second": 2, "third": 1}
    assert await version(empty_store) == 3


async def test_who_waits_too_long_for_another_says_so(empty_store: Store) -> None:
    await empty_store.meta.begin(0)
    await empty_store.meta.take("lea_other", timedelta(minutes=10))
    steps: list[str] = []
    with pytest.raises(UnavailableError, match="another process is still migrating"):
        await migrate(empty_store, [noted(steps, "one")], Pace(patience=timedelta(0), look=timedelta(milliseconds=1)))
    assert steps == []


async def test_a_process_that_loses_its_lease_stops_and_does_not_note_what_it_did(empty_store: Store) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def slow(store: Store) -> None:
        begun.set()
        if not stopped.is_set():
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()

    pace = Pace(lease=timedelta(milliseconds=300), look=timedelta(milliseconds=10))
    working = asyncio.create_task(migrate(empty_store, [slow], pace))
    await in_time(begun.wait())
    state = await empty_store.meta.schema()
    assert state is not None
    assert state.lease_id is not None
    await empty_store.meta.release(state.lease_id)
    await in_time(stopped.wait())
    await in_time(working)
    assert await version(empty_store) == 1


async def test_the_narrow_index_of_client_ids_goes_and_an_operators_own_stays(empty_store: Store) -> None:
    threads = empty_store.threads.collection
    await threads.drop_index("userId_1_madeBy_1_clientId_1")
    await threads.create_index(
        [("userId", ASCENDING), ("clientId", ASCENDING)],
        unique=True,
        partialFilterExpression={"clientId": {"$exists": True}},
    )
    await threads.create_index([("title", ASCENDING)], name="mine")
    await migrate(empty_store, MIGRATIONS)
    there = await threads.index_information()
    assert "userId_1_clientId_1" not in there
    assert {"mine", "userId_1_madeBy_1_clientId_1"} <= set(there)


async def test_titles_that_are_older_than_their_search_are_found(empty_store: Store) -> None:
    old = await new_thread(empty_store, title="Red boat")
    await empty_store.threads.collection.update_one({"_id": old.id}, {"$unset": {"titleWords": ""}})
    await migrate(empty_store, MIGRATIONS)
    doc = await empty_store.threads.collection.find_one({"_id": old.id})
    assert doc is not None
    assert sorted(doc["titleWords"]) == ["boat", "red"]


async def old_messages(store: Store, count: int) -> list[str]:
    """As the build before entries stored them: vectors beside messages, the last one of a message that is gone."""
    thread = await new_thread(store, user_id="ann")
    rows = [row(MessageRole.USER, number, 0, thread_id=thread.id, user_id="ann") for number in range(count)]
    rows.append(row(MessageRole.ASSISTANT, count, 0, thread_id=thread.id, status=MessageStatus.FAILED))
    await store.messages.collection.insert_many([message_doc(each) for each in rows])
    old: list[dict[str, Any]] = [
        {"_id": id_, "threadId": thread.id, "userId": "ann", "model": "m", "dimension": 2, "vector": binary([0.5, 1])}
        for id_ in (rows[0].id, "msg_gone")
    ]
    await store.database["vectors"].insert_many(old)
    return [each.id for each in rows]


async def test_messages_from_before_entries_are_found_with_the_vectors_they_had(empty_store: Store) -> None:
    ids = await old_messages(empty_store, 250)
    await migrate(empty_store, MIGRATIONS)
    entries = empty_store.search_entries.collection
    assert await entries.distinct("_id") == sorted(ids[:-1])
    assert await entries.count_documents({"userId": "ann", "pocket": pocket_of("ann", "")}) == 250
    assert await empty_store.vectors.of_message(ids[0], Space("m", 2)) == [0.5, 1]
    assert await empty_store.search_spaces.all() == [Space("m", 2)]
    assert await empty_store.database.list_collection_names(filter={"name": "vectors"}) == []


async def test_each_step_of_weft_can_be_run_again(empty_store: Store) -> None:
    ids = await old_messages(empty_store, 3)
    old = empty_store.database["vectors"]
    kept = await old.find().to_list()
    for step in MIGRATIONS:
        await step(empty_store)
    before = await empty_store.search_entries.collection.find().sort("_id").to_list()
    await old.insert_many(kept)
    for step in MIGRATIONS:
        await step(empty_store)
    assert await empty_store.search_entries.collection.find().sort("_id").to_list() == before
    assert [doc["_id"] for doc in before] == sorted(ids[:-1])


async def test_entries_from_before_weft_searched_by_itself_get_their_pockets(empty_store: Store) -> None:
    entries = empty_store.search_entries.collection
    await entries.insert_one({"_id": "msg_1", "threadId": "thr_1", "userId": None, "text": "東京 tower"})
    await migrate(empty_store, MIGRATIONS)
    doc = await entries.find_one({"_id": "msg_1"})
    assert doc is not None
    assert doc["pocket"] == pocket_of(None, "thr_1")
    assert "東京" in doc["apart"]


async def test_entries_that_say_nothing_of_a_user_are_nobodys(empty_store: Store) -> None:
    entries = empty_store.search_entries.collection
    await entries.insert_many([{"_id": "msg_1", "threadId": "thr_1", "text": "a"}, {"_id": "msg_2", "threadId": "t"}])
    await migrate(empty_store, MIGRATIONS)
    docs = await entries.find().sort("_id").to_list()
    assert [doc["pocket"] for doc in docs] == [pocket_of(None, "thr_1"), pocket_of(None, "t")]


async def test_the_step_about_client_ids_makes_no_index_that_is_newer_than_it(db: Database) -> None:
    store = Store(db)
    await MIGRATIONS[0](store)
    assert set(await store.threads.collection.index_information()) == {"_id_", "userId_1_madeBy_1_clientId_1"}


async def test_weft_notes_its_version_when_it_starts(db: Database) -> None:
    store = Store(db)
    async with Weft(store, work=False):
        assert await version(store) == len(MIGRATIONS)


async def _has_run(store: Store, step: str, times: int = 1) -> bool:
    return (await ran(store.database)).get(step, 0) >= times

"""Every query of every collection is answered by an index, and looks at little more than it returns."""

import inspect
from collections.abc import AsyncGenerator
from typing import Any, Final

import pytest
import pytest_asyncio
from pymongo import AsyncMongoClient
from tests.storage.calls import BESIDES, CALLS
from tests.storage.explain import Recorder, explain
from tests.storage.filled import fill

from weft.storage.collections import Collections
from weft.storage.embedded import EmbeddedMongo
from weft.storage.store import Store

BY_INDEX: Final = {"IXSCAN", "COUNT_SCAN", "IDHACK", "EXPRESS_IXSCAN", "EXPRESS_CLUSTERED_IXSCAN", "EOF"}
NEVER: Final = {"COLLSCAN", "SORT"}
RECORDER: Final = Recorder()


METHODS: Final = [(name, method) for name, calls in (CALLS | BESIDES).items() for method in calls]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def filled(store: Store, mongod: EmbeddedMongo) -> AsyncGenerator[Store, None]:
    """Full enough for its planner to be honest, on a client that is listened to."""
    await fill(store)
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongod.uri, tz_aware=True, event_listeners=[RECORDER])
    yield Store(client[store.database.name])
    await client.close()


def public_methods(value: object) -> set[str]:
    methods = inspect.getmembers(type(value), inspect.iscoroutinefunction)
    return {name for name, _ in methods if not name.startswith("_")}


async def test_every_method_of_every_collection_is_called_below(store: Store) -> None:
    there = {each.collection.name: public_methods(each) for each in Collections(store.database).all}
    assert there == {name: set(calls) for name, calls in CALLS.items()}
    assert {name: public_methods(getattr(store, name)) for name in BESIDES} == {
        name: set(calls) for name, calls in BESIDES.items()
    }


@pytest.mark.parametrize(("name", "method"), METHODS)
async def test_what_a_method_asks_for_is_found_by_an_index(filled: Store, name: str, method: str) -> None:
    database = filled.database
    async with database.client.start_session() as session:
        await session.start_transaction()
        with RECORDER.listening() as sent:
            for call in (CALLS | BESIDES)[name][method]:
                await call(filled, session)
        await session.abort_transaction()
    assert sent or method in ("insert", "append")
    for command in sent:
        plan = await explain(database, command)
        assert plan.stages & BY_INDEX, command
        assert not plan.stages & NEVER, command
        assert plan.examined <= 2 * plan.returned + 40, (command, plan.examined, plan.returned)


async def test_indexes_that_are_missing_are_named_and_made(empty_store: Store) -> None:
    assert await empty_store.missing_indexes() == []
    await empty_store.events.collection.drop_index("threadId_1_seq_1")
    await empty_store.messages.collection.drop_indexes()
    missing = await empty_store.missing_indexes()
    assert "events.threadId_1_seq_1" in missing
    assert len(missing) == 1 + len(empty_store.messages.INDEXES)
    await empty_store.create_indexes()
    assert await empty_store.missing_indexes() == []

"""What every test may ask for: one real mongod a run, and a database of its own."""

import asyncio
import uuid
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from tests.quick_disk import quick_disk

from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.store import Store
from weft.storage.types import Client, Database

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mongod(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[EmbeddedMongo, None]:
    """The run's mongod, journaled as in production."""
    with quick_disk(tmp_path_factory) as directory:
        async with EmbeddedMongo(directory) as server:
            yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(mongod: EmbeddedMongo) -> AsyncGenerator[Client, None]:
    """A client as Weft opens it, shared by the run."""
    opened = await connect(mongod.uri, database="weft")
    yield opened.client
    await opened.client.close()


@pytest.fixture
def database() -> str:
    """The name of a database that only this test uses."""
    return f"test_{uuid.uuid4().hex}"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def drops(client: Client) -> AsyncGenerator[set[asyncio.Task[None]], None]:
    """What is being dropped: mongod takes a tenth of a second for each, which no test needs to wait for."""
    running: set[asyncio.Task[None]] = set()
    yield running
    await asyncio.gather(*running)


@pytest_asyncio.fixture(loop_scope="session")
async def db(client: Client, database: str, drops: set[asyncio.Task[None]]) -> AsyncGenerator[Database, None]:
    """This test's database, dropped when it ends. A test that writes through a server process asks for it too."""
    yield client[database]
    drops.add(asyncio.create_task(client.drop_database(database)))


# Two stores on one database, each with a client of its own, as two processes would have them.
# `store` is shared by the tests of a file, each with threads of its own; `empty_store` is one test's alone.


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def other_client(mongod: EmbeddedMongo) -> AsyncGenerator[Client, None]:
    opened = await connect(mongod.uri, database="weft")
    yield opened.client
    await opened.client.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def store(client: Client) -> AsyncGenerator[Store, None]:
    opened = Store(client[f"test_{uuid.uuid4().hex}"])
    await opened.create_indexes()
    yield opened
    await client.drop_database(opened.database.name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def other_store(store: Store, other_client: Client) -> Store:
    return Store(other_client[store.database.name])


@pytest_asyncio.fixture(loop_scope="session")
async def empty_store(db: Database) -> Store:
    opened = Store(db)
    await opened.create_indexes()
    return opened

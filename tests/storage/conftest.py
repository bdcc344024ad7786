"""Two stores on one database, each with a client of its own, as two processes would have them.

`store` is shared by the tests of a file, each with threads of its own; `empty_store` is one test's alone.
"""

import uuid
from collections.abc import AsyncGenerator

import pytest_asyncio

from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.store import Store
from weft.storage.types import Client, Database


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

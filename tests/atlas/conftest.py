"""One server for the tests of a file, and a collection of its own for each test."""

from collections.abc import AsyncGenerator

import pytest_asyncio
from tests.atlas import AtlasServer, atlas
from tests.atlas.shelf import Shelf, new_shelf

from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(mongod: EmbeddedMongo) -> AsyncGenerator[AtlasServer, None]:
    async with atlas(mongod.uri) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def through(server: AtlasServer) -> AsyncGenerator[Client, None]:
    """A client of the server, as Weft opens it."""
    database = await connect(server.uri, database="weft")
    yield database.client
    await database.client.close()


@pytest_asyncio.fixture(loop_scope="session")
async def shelf(server: AtlasServer, through: Client) -> AsyncGenerator[Shelf, None]:
    async with new_shelf(server, through) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(server: AtlasServer, through: Client) -> AsyncGenerator[Shelf, None]:
    """For the tests of a file that only read what the first of them asked for."""
    async with new_shelf(server, through) as made:
        yield made

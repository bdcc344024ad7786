"""A server that a file's tests share, each with threads of its own."""

import uuid
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.clients_python.proxy import Proxy, between
from tests.clients_python.world import Served, client, serving
from weft_client import Weft

from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Client, Database


@pytest_asyncio.fixture(scope="module", loop_scope="session", name="served")
async def _served(client: Client) -> AsyncGenerator[Served, None]:
    db = client[f"test_{uuid.uuid4().hex}"]
    async with serving(db) as running:
        yield running
    await client.drop_database(db.name)


@pytest.fixture
def env(mongod: EmbeddedMongo, db: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a test's server processes."""
    return {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": db.name, "WEFT_DATA_DIR": str(tmp_path / "data")}


@pytest_asyncio.fixture(loop_scope="session", name="weft")
async def _weft(served: Served) -> AsyncGenerator[Weft, None]:
    async with client(served.url) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session", name="proxy")
async def _proxy(served: Served) -> AsyncGenerator[Proxy, None]:
    async with between(served.port) as line:
        yield line

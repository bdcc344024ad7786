"""A server process on the run's mongod, with a database of its own."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.live.server import ServerProcess, serving

from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database


@pytest.fixture
def env(mongod: EmbeddedMongo, db: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of this test's servers."""
    return {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": db.name, "WEFT_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest_asyncio.fixture(loop_scope="session")
async def server(env: dict[str, str], log: Path) -> AsyncGenerator[ServerProcess, None]:
    async with serving(env, log) as started:
        yield started

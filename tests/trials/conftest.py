"""The environment of the servers that are tried: the run's mongod, and a database of the test's own."""

from pathlib import Path

import pytest

from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database


@pytest.fixture
def env(mongod: EmbeddedMongo, db: Database, tmp_path: Path) -> dict[str, str]:
    return {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": db.name, "WEFT_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"

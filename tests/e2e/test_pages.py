"""The pages and the npm client as people use them: real Chromium and real graphql-ws against a real server."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.live.server import ServerProcess, serving

from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database

HERE = Path(__file__).parent
DEADLINE = 150.0


@pytest_asyncio.fixture(loop_scope="session")
async def server(mongod: EmbeddedMongo, db: Database, tmp_path: Path) -> AsyncGenerator[ServerProcess, None]:
    env = {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": db.name, "WEFT_DATA_DIR": str(tmp_path)}
    async with serving(env, tmp_path / "server.log", "serve", "tests.e2e.apps:app") as started:
        yield started


@pytest.mark.timeout(180)
@pytest.mark.parametrize("script", ["chat", "tools", "graphiql", "resume"])
async def test_seen_through_a_real_client(server: ServerProcess, script: str) -> None:
    """What each script proves it prints; see the script."""
    assert (HERE / "node_modules").is_dir(), "run: make test-deps"
    process = await asyncio.create_subprocess_exec(
        "node",
        str(HERE / f"{script}.mjs"),
        server.base,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(DEADLINE):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, printed.decode()[-4000:]
    assert b"proved: " in printed

"""The pages and the npm client as people use them: real Chromium and real graphql-ws against a real server."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.live.server import ServerProcess, serving

from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Client

HERE = Path(__file__).parent
DEADLINE = 400.0
OWN_SERVERS = ("keys", "down", "graphiql", "graphiqlKey")
"""Scripts with a server of their own, and so a database of their own."""
SCRIPTS = (
    "views",
    "offline",
    "long",
    "tools",
    "chat",
    "keys",
    "down",
    "details",
    "graphiql",
    "graphiqlKey",
    "actions",
    "resume",
)
"""Those that take longest come first."""

Outcomes = dict[str, dict[str, Any]]


def _wanted(request: pytest.FixtureRequest) -> list[str]:
    """The scripts of the tests that run now."""
    mine = [item for item in request.session.items if item.path == request.path]
    called = {item.callspec.params["script"] for item in mine if isinstance(item, pytest.Function)}
    return [script for script in SCRIPTS if script in called]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def outcomes(
    request: pytest.FixtureRequest, mongod: EmbeddedMongo, client: Client, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Outcomes, None]:
    """What each script proved: they share a server and a browser, and run beside each other."""
    assert (HERE / "node_modules").is_dir(), "run: make test-deps"
    folder = tmp_path_factory.mktemp("pages")
    name = f"test_{os.urandom(8).hex()}"
    env = {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": name, "WEFT_DATA_DIR": str(folder)}
    try:
        async with serving(env, folder / "server.log", "serve", "tests.e2e.apps:app") as server:
            yield await _run(
                server, _wanted(request), env | {"WEFT_PICTURES": str(folder), "WEFT_PYTHON": sys.executable}
            )
    finally:
        for database in (name, *(f"{name}_{script}" for script in OWN_SERVERS)):
            await client.drop_database(database)


async def _run(server: ServerProcess, scripts: list[str], env: dict[str, str]) -> Outcomes:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
    process = await asyncio.create_subprocess_exec(
        "node", str(HERE / "run.mjs"), server.base, *scripts,
        env=inherited | env, stdout=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
    lines = [json.loads(line) for line in printed.decode().splitlines()]
    return {line["script"]: line for line in lines}


@pytest.mark.timeout(DEADLINE + 60)
@pytest.mark.parametrize("script", SCRIPTS)
def test_seen_through_a_real_client(outcomes: Outcomes, script: str) -> None:
    """What each script proves it says; see the script."""
    outcome = outcomes[script]
    assert outcome["failure"] is None, f"{outcome['failure']}\nPictures are in {outcome['pictures']}"
    assert outcome["proved"]

"""The programs of the guide to transports, run against a whole Weft, print the demo agent's answer."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr
from tests.protocol.test_clients import HERE
from tests.protocol.world import address, serve

from weft import create_app
from weft.settings import Settings
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database

GUIDE = (Path(__file__).parents[2] / "docs" / "transports.md").read_text()
[SHARED] = re.findall(r"^```js weft\.mjs\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)
PROGRAMS = re.findall(r"^### (.*?)\n[^#]*?^```js\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)
SECONDS = 60


@pytest_asyncio.fixture(loop_scope="session")
async def weft(mongod: EmbeddedMongo, db: Database) -> AsyncGenerator[str, None]:
    """host:port"""
    app = create_app(settings=Settings(mongodb_uri=SecretStr(mongod.uri), database=db.name))
    async with app.router.lifespan_context(app), serve(app) as running:
        yield address(running)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a reader of the guide would have saved its programs."""
    (tmp_path / "weft.mjs").write_text(SHARED)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    return tmp_path


def test_the_guide_has_a_program_for_each_client() -> None:
    names = [name.split(" ")[0] for name, _ in PROGRAMS]
    assert names == ["graphql-ws", "graphql-sse", "urql", "Apollo", "Without"]


@pytest.mark.parametrize(("name", "program"), PROGRAMS, ids=[name.split(" ")[0] for name, _ in PROGRAMS])
async def test_each_program_prints_the_answer_and_ends(weft: str, folder: Path, name: str, program: str) -> None:
    (folder / "program.mjs").write_text(program)
    process = await asyncio.create_subprocess_exec(
        "node",
        "program.mjs",
        cwd=folder,
        env=os.environ | {"WEFT_URL": f"http://{weft}/graphql"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS):
            printed, complained = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (process.returncode, complained.decode()) == (0, ""), name
    assert "demo" in printed.decode()

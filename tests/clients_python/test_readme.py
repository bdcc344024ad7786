"""What a reader copies from the client's README works, as a program of its own."""

import asyncio
import sys
import uuid
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from pydantic import SecretStr
from tests.docs.blocks import ROOT, Block, blocks_of
from tests.docs.world import SECONDS, world_app
from tests.protocol.world import address as address_of
from tests.protocol.world import serve

from weft.settings import Settings
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Client

README = "clients/python/README.md"
BLOCKS = list(blocks_of(README, (ROOT / README).read_text(encoding="utf-8")))
PROGRAMS = [block for block in BLOCKS if block.language == "python"]


@pytest_asyncio.fixture(scope="module", loop_scope="session", name="address")
async def _address(mongod: EmbeddedMongo, client: Client) -> AsyncGenerator[str, None]:
    """A server as `weft dev` starts it."""
    settings = Settings(mongodb_uri=SecretStr(mongod.uri), database=f"test_{uuid.uuid4().hex}")
    app = world_app(settings)
    async with app.router.lifespan_context(app), serve(app) as running:
        yield address_of(running)
    await client.drop_database(settings.database)


def test_the_readme_has_programs_and_nothing_that_is_not_run_but_the_install() -> None:
    assert len(PROGRAMS) > 4
    assert [block.text for block in BLOCKS if block.language != "python"] == ["pip install weft-client\n"]


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: block.place)
async def test_a_program_of_the_readme_runs(block: Block, address: str) -> None:
    text = block.text.replace("127.0.0.1:8000", address)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", text,
        env={"PYTHONPATH": str(ROOT / "clients/python/src")},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(SECONDS):
        printed, complaints = await process.communicate()
    assert (process.returncode, complaints.decode()) == (0, "")
    assert printed

"""The recipes of docs/recipes: Apollo Client, urql and Relay on a page in Node, against a real server."""

import asyncio
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from graphql import build_schema, is_abstract_type
from tests.live.server import ServerProcess, serving

from weft.resolvers.sdl import print_schema
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "clients" / "recipes"
CLIENTS = {"apollo": "", "urql": "", "urqlOverSSE": "grows|refused|approved|stopped", "relay": ""}
"""Each recipe, and which of its trials are run: all, or those that need no socket."""
DEADLINE = 150.0


@pytest_asyncio.fixture(loop_scope="session")
async def server(mongod: EmbeddedMongo, db: Database, tmp_path: Path) -> AsyncGenerator[ServerProcess, None]:
    env = {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": db.name, "WEFT_DATA_DIR": str(tmp_path)}
    async with serving(env, tmp_path / "server.log", "serve", "tests.recipes.apps:app") as started:
        yield started


async def node(*command: str) -> tuple[int | None, str]:
    """How a program of the recipes ended, and what it said."""
    assert (RECIPES / "node_modules").is_dir(), "run: make test-deps"
    process = await asyncio.create_subprocess_exec(
        "node", *command, cwd=RECIPES, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(DEADLINE):
            told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, told.decode()


@pytest.mark.timeout(180)
async def test_every_recipe_does_what_a_reader_expects_of_it(server: ServerProcess) -> None:
    """What each proves it prints: see test/trial.tsx. They wait most of the time, so they run side by side."""
    ended = await asyncio.gather(*(node("test/run.mjs", client, server.base, only) for client, only in CLIENTS.items()))
    trials = re.findall(r'^  async "(.*?)"', (RECIPES / "test" / "trial.tsx").read_text(), re.MULTILINE)
    for (client, only), (code, told) in zip(CLIENTS.items(), ended, strict=True):
        assert code == 0, f"{client}\n{told[-6000:]}"
        wanted = [trial for trial in trials if re.search(only, trial)]
        assert re.findall(r"^proved: (.*) \(\d+ ms\)$", told, re.MULTILINE) == wanted, client


@pytest.mark.timeout(180)
async def test_the_recipes_are_well_typed() -> None:
    assert await node("node_modules/typescript/bin/tsc") == (0, "")


async def test_the_schema_that_graphcache_reads_is_the_servers(tmp_path: Path) -> None:
    assert await node("urql/schema.mjs", str(tmp_path / "schema.json")) == (0, "")
    assert (RECIPES / "urql" / "schema.json").read_text() == (tmp_path / "schema.json").read_text()


def test_the_possible_types_that_apollo_reads_are_the_servers() -> None:
    text = (RECIPES / "shared" / "possibleTypes.ts").read_text()
    said = {
        name: re.findall(r'"(\w+)"', members) for name, members in re.findall(r"^  (\w+): \[(.*?)\]", text, re.M | re.S)
    }
    schema = build_schema(print_schema())
    for name, members in said.items():
        abstract = schema.get_type(name)
        assert is_abstract_type(abstract)
        assert sorted(each.name for each in schema.get_possible_types(abstract)) == members

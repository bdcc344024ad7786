"""The npm package weft-client against real servers: vitest runs clients/typescript/test/live, and may restart one."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.clients_typescript.reduced import histories
from tests.identity.issuer import SECRET
from tests.identity.world import asking
from tests.live.server import ServerProcess, serving

from weft.agents.agent import Agent
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Client, Database
from weft.testing import ScriptedModel

PACKAGE = Path(__file__).parents[2] / "clients" / "typescript"
DEADLINE = 120.0


async def run(*command: str, env: Mapping[str, str]) -> str:
    """What a command in the package's folder prints; it must succeed."""
    assert (PACKAGE / "node_modules").is_dir(), "run: make test-deps"
    process = await asyncio.create_subprocess_exec(
        *command, cwd=PACKAGE, env={**os.environ, "NO_COLOR": "1", **env},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, printed.decode()[-6000:]
    return printed.decode()


async def vitest(test: str, **env: str) -> None:
    printed = await run(
        "node", "node_modules/vitest/vitest.mjs", "run", f"test/live/{test}", env={"WEFT_URL": "none"} | env
    )
    assert " passed" in printed


@asynccontextmanager
async def restarter(env: Mapping[str, str], log: Path) -> AsyncGenerator[tuple[ServerProcess, int], None]:
    """A server, and a port: whoever connects there has it stopped, and is told the address of the next one."""
    async with serving(env, log, "serve", "tests.clients_typescript.apps:app") as first:
        current = first

        async def again(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal current
            await current.end()
            current = await (await ServerProcess.start(env, log, "serve", "tests.clients_typescript.apps:app")).ready()
            writer.write(current.base.encode())
            writer.close()

        async with await asyncio.start_server(again, "127.0.0.1", 0) as control:
            try:
                yield first, control.sockets[0].getsockname()[1]
            finally:
                if current is not first:
                    await current.end()


@pytest.mark.timeout(180)
async def test_stores_end_as_the_server_has_it_over_cut_sockets_and_restarts(
    mongod: EmbeddedMongo, db: Database, tmp_path: Path
) -> None:
    env = {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": db.name, "WEFT_DATA_DIR": str(tmp_path)}
    async with restarter(env, tmp_path / "server.log") as (server, port):
        await vitest("threads.test.ts", WEFT_URL=server.base, WEFT_RESTART=str(port))


@pytest.mark.timeout(180)
async def test_stores_go_on_with_fresh_tokens_and_end_with_bad_ones(client: Client, db: Database) -> None:
    agent = Agent("slow", model=ScriptedModel([" ".join(f"word{n}" for n in range(100))], delay=0.05, repeat=True))
    async with asking(client[db.name], settings={"jwt_secret": SECRET, "jwt_leeway": 0}, agent=agent) as server:
        await vitest("tokens.test.ts", WEFT_URL=f"http://{server.address}", WEFT_SECRET=SECRET)


@pytest.mark.timeout(180)
async def test_chunks_become_the_parts_that_the_server_makes_of_them(tmp_path: Path) -> None:
    made = tmp_path / "histories.json"
    made.write_text(json.dumps(histories(500)))
    await vitest("reduced.test.ts", WEFT_REDUCED=str(made))

"""Programs that others wrote find nothing wrong: graphql-http's audits and the graphql-ws client, both from npm."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.protocol.client import DEADLINE
from tests.protocol.world import World, advanced

HERE = Path(__file__).parent


@asynccontextmanager
async def node(script: str, url: str) -> AsyncGenerator[asyncio.StreamReader, None]:
    """The lines that a script prints. It is ended with the block."""
    assert (HERE / "node_modules").is_dir(), "run: make test-deps"
    process = await asyncio.create_subprocess_exec(
        "node", script, url, cwd=HERE, stdout=asyncio.subprocess.PIPE, limit=1024 * 1024
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(6 * DEADLINE):
            yield process.stdout
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line(lines: asyncio.StreamReader) -> Any:
    return json.loads(await lines.readline())


async def test_all_audits_of_graphql_http_pass(server: str) -> None:
    async with node("audits.mjs", f"http://{server}/graphql") as lines:
        assert await line(lines) == {"passed": 61}


async def test_the_graphql_ws_client_gets_what_it_asks_for(server: str, world: World) -> None:
    async with node("reference.mjs", f"ws://{server}/graphql") as lines:
        for expected in (
            {"what": "connected"},
            {"what": "query", "value": {"data": {"hello": "hello world", "params": {"token": "x"}}}},
            {"what": "mutation", "value": {"data": {"bump": 1}}},
            {"what": "invalid", "value": {"errors": ["GRAPHQL_VALIDATION_FAILED"]}},
            {"what": "refused", "value": {"errors": ["BAD_USER_INPUT"]}},
            {"what": "pong", "value": True},
        ):
            assert await line(lines) == expected
        await world.somebody_reads.wait()
        world.happen(*(advanced(n) for n in range(5)))
        for start in range(3):
            assert await line(lines) == {"what": "event", "value": start}
        assert await line(lines) == {"what": "query", "value": {"data": {"hello": "hello world"}}}
        assert await line(lines) == {"what": "closed", "value": 1000}
        assert world.readers == 0

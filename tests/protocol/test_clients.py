"""Programs that others wrote find nothing wrong: graphql-http's audits, and the clients people use, all from npm."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.protocol.client import DEADLINE
from tests.protocol.streams import happens
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


HELLO: Any = {"hello": "hello Wéft"}
THREE = [{"__typename": "Advanced", "start": start} for start in range(3)]


async def viewed(world: World) -> None:
    """Three events for a viewer who has just come, who leaves after them."""
    await happens(world.somebody_reads)
    world.somebody_reads.clear()
    world.happen(*(advanced(n) for n in range(3)))


async def left(world: World) -> None:
    await happens(world.nobody_reads)
    world.nobody_reads.clear()
    assert world.readers == 0


async def test_the_graphql_sse_client_gets_what_it_asks_for(server: str, world: World) -> None:
    async with node("sse.mjs", f"http://{server}/graphql") as lines:
        for expected in (
            {"what": "query", "value": [HELLO, "complete"]},
            {"what": "mutation", "value": [{"bump": 1}, "complete"]},
            {"what": "invalid", "value": [["GRAPHQL_VALIDATION_FAILED"], "complete"]},
            {"what": "refused", "value": [["BAD_USER_INPUT"], "complete"]},
        ):
            assert await line(lines) == expected
        await viewed(world)
        for start in range(3):
            assert await line(lines) == {"what": "event", "value": start}
        assert await line(lines) == {"what": "left", "value": True}
        await left(world)
        for step in (1, 2, None):
            world.steps.put_nowait(step)
        assert await line(lines) == {"what": "finite", "value": [{"steps": 1}, {"steps": 2}, "complete"]}


async def test_urql_gets_what_it_asks_for_over_fetch_and_over_a_socket(server: str, world: World) -> None:
    async with node("urql.mjs", f"http://{server}/graphql") as lines:
        for bumps, how in enumerate(("sse", "ws"), 1):
            assert await line(lines) == {"what": f"{how} query", "value": HELLO}
            assert await line(lines) == {"what": f"{how} mutation", "value": {"bump": bumps}}
            assert await line(lines) == {"what": f"{how} refused", "value": [["BAD_USER_INPUT"]]}
            await viewed(world)
            assert await line(lines) == {"what": f"{how} events", "value": [{"events": event} for event in THREE]}
            await left(world)


async def test_apollo_client_gets_what_it_asks_for_over_multipart_and_over_a_socket(server: str, world: World) -> None:
    async with node("apollo.mjs", f"http://{server}/graphql") as lines:
        for bumps, how in enumerate(("multipart", "ws"), 1):
            for expected in (
                {"what": f"{how} query", "value": HELLO},
                {"what": f"{how} mutation", "value": {"bump": bumps}},
                {"what": f"{how} invalid", "value": ["GRAPHQL_VALIDATION_FAILED"]},
                {"what": f"{how} refused", "value": [["BAD_USER_INPUT"], "complete"]},
            ):
                assert await line(lines) == expected
            await viewed(world)
            assert await line(lines) == {"what": f"{how} events", "value": [{"events": event} for event in THREE]}
            await left(world)
            for step in (1, 2, None):
                world.steps.put_nowait(step)
            assert await line(lines) == {"what": f"{how} finite", "value": [{"steps": 1}, {"steps": 2}, "complete"]}


async def test_apollo_client_names_a_document_by_its_hash_once_the_server_knows_it(server: str) -> None:
    async with node("persisted.mjs", f"http://{server}/graphql") as lines:
        for requests in (["GET", "POST"], ["GET"], ["GET"]):
            assert await line(lines) == {"what": "persisted", "value": [{"hello": "hello hash"}, requests]}

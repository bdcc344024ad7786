"""Sessions as the clients that people use live through them."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.identity.issuer import SECRET, token
from tests.identity.world import asking
from tests.support import wait_until

from weft import Agent
from weft.storage.types import Database
from weft.testing import ScriptedModel
from weft.threads.generations import GenerationStatus

SCRIPTS = Path(__file__).parents[1] / "protocol"
WORDS = " ".join(f"word{number}" for number in range(300))


async def lines(*command: str) -> list[Any]:
    """What a script of node prints until it ends."""
    process = await asyncio.create_subprocess_exec("node", *command, cwd=SCRIPTS, stdout=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(60):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return [json.loads(line) for line in printed.splitlines()]


async def test_a_stream_outlives_the_tokens_of_whoever_follows_it_and_not_a_character_is_lost_or_repeated(
    db: Database,
) -> None:
    agent = Agent("support", model=ScriptedModel([WORDS], delay=0.02))
    settings = {"jwt_secret": SECRET, "jwt_leeway": 0}
    async with asking(db, agent=agent, settings=settings) as server:
        thread = await server.thread(token(aud=None))
        cursor = (await server.told("query($id: ID!) { thread(id: $id) { cursor } }", by=token(aud=None), id=thread))[
            "thread"
        ]["cursor"]
        following = asyncio.create_task(
            lines("sessions.mjs", f"ws://{server.address}/graphql", SECRET, "2", thread, cursor)
        )

        async def follows() -> bool:
            return server.weft.feeds.topics > 0

        await wait_until(follows)
        sent = await server.weft.messages.send(thread, agent_name="support", prompt="Count")
        told = await following
        assert sent.generation is not None
        stored = await server.weft.generations.get(sent.generation.id)
    assert stored is not None
    assert stored.status is GenerationStatus.SUCCEEDED
    closed = [line["value"] for line in told if line["what"] == "closed"]
    assert closed.count([4403, "Token expired"]) >= 2
    rest = [line for line in told if line["what"] != "closed"]
    assert rest[0] == {"what": "text", "value": WORDS}
    assert {line["what"] for line in rest[1:]} <= {"complete"}

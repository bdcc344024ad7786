"""SIGTERM: viewers are told to come back, answers are handed over at once, callers get an answer or a clear error."""

import asyncio
import signal
from pathlib import Path

import httpx2
import pytest
from tests.live.client import Client, stored
from tests.live.desk import desk
from tests.live.server import serving
from tests.live.test_faults import HELD, NO_WORKER, WHOLE, following, in_mid_answer
from tests.support import wait_until

from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database

GENERATE = """mutation Ask($input: GenerateTextInput!) { generateText(input: $input) { text generation { id } } }"""
STOPPING = 1012


async def test_a_server_that_is_stopped_tells_its_viewers_to_come_back_and_they_go_on_elsewhere(
    env: dict[str, str], log: Path
) -> None:
    async with desk(HELD) as at, serving(env | at.env, log) as first, serving(env | at.env, log) as second:
        thread = await first.new_thread()
        clients = [Client([first, second], thread) for _ in range(5)]
        generation = await in_mid_answer(first, thread, clients)
        async with following(clients, generation):
            assert await first.stop() == 0
            at.open()
        shown = await stored(second, thread)
    assert [client.screen.shown() for client in clients] == [shown] * len(clients)
    assert shown[1]["text"] == WHOLE
    assert [client.codes for client in clients] == [[STOPPING]] * len(clients)
    assert [client.screen.resyncs for client in clients] == [0] * len(clients)


@pytest.mark.parametrize("next_worker", ["is there", "is not there"])
async def test_answers_are_handed_over_while_callers_are_still_waited_for(
    env: dict[str, str], log: Path, db: Database, next_worker: str
) -> None:
    """A caller that waits for the answer gets it from the next worker, or an error that says what to do."""
    async with desk(HELD) as at, serving(env | at.env, log) as first, httpx2.AsyncClient(timeout=40) as http:
        thread = await first.new_thread()
        asked = {"threadId": thread, "agentName": "travel", "prompt": "Go"}
        body = {"query": GENERATE, "variables": {"input": asked}}
        asking = asyncio.create_task(http.post(f"{first.base}/graphql", json=body))
        await at.reached()
        lease = (await db["generations"].find_one({"threadId": thread}) or {})["leaseId"]
        roles = ("serve", "tests.live.apps:app") if next_worker == "is there" else NO_WORKER
        async with serving(env | at.env, log, *roles) as second:
            stopping = asyncio.create_task(first.stop())
            await wait_until(lambda: given_back(db, thread, lease))
            assert not asking.done(), "the answer is handed over before its caller is let go"
            at.open()
            answer = await asking
            assert await stopping == 0
            (generation,) = (await second.thread(thread))["generations"]["edges"]
    if next_worker == "is there":
        assert answer.json()["data"]["generateText"]["text"] == "Step 3: after 3 results."
        assert generation["node"]["status"] == "SUCCEEDED"
    else:
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
        assert generation["node"]["status"] == "QUEUED"


async def test_a_server_that_is_stopped_while_mongodb_hangs_ends_and_the_next_one_answers(
    env: dict[str, str], log: Path, tmp_path: Path
) -> None:
    async with EmbeddedMongo(tmp_path / "own") as mongod, desk(HELD) as at:
        own = env | at.env | {"WEFT_MONGODB_URI": mongod.uri}
        async with serving(own, log) as first:
            thread = await first.new_thread()
            generation = await in_mid_answer(first, thread, [])
            await at.reached()
            mongod.mongod.process.signal(signal.SIGSTOP)
            try:
                assert await first.stop() == 0
            finally:
                mongod.mongod.process.signal(signal.SIGCONT)
        async with serving(own, log) as second:
            client = Client([second], thread)
            await client.read()
            async with following([client], generation):
                at.open()
            assert client.screen.shown() == await stored(second, thread)
    assert client.screen.shown()[1]["text"] == WHOLE


async def given_back(db: Database, thread: str, lease: str) -> bool:
    """Whether the job is free, or somebody else has it."""
    ours = {"threadId": thread, "leaseId": lease, "$expr": {"$gt": ["$leaseUntil", "$$NOW"]}}
    return await db["generations"].count_documents(ours) == 0

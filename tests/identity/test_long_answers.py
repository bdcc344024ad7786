"""Whoever waits for an answer over plain HTTP is let go when they are nobody any more; what is stored goes on."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from tests.identity.issuer import SECRET, token
from tests.identity.world import Server, asking
from tests.support import in_time, wait_until

from weft import Agent
from weft.storage.types import Client
from weft.testing import Gate, ScriptedModel
from weft.threads.clock import utc_now
from weft.threads.generations import GenerationStatus

TEXT = """mutation($i: GenerateTextInput!) { generateText(input: $i) { text userErrors { errorMessage } } }"""
OBJECT = """mutation($i: GenerateObjectInput!) { generateObject(input: $i) { object userErrors { errorMessage } } }"""


class Held:
    """A server whose model answers when it is let."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.model = ScriptedModel([["He", self.gate, "llo"]], repeat=True)

    async def asked(self, times: int = 1) -> None:
        async def so_often() -> bool:
            return len(self.model.requests) >= times

        await wait_until(so_often)


@pytest.fixture
def held() -> Held:
    return Held()


@pytest_asyncio.fixture(loop_scope="session")
async def server(client: Client, held: Held) -> AsyncGenerator[Server, None]:
    db = client["test_long_answers"]
    agent = Agent("support", model=held.model)
    async with asking(db, settings={"jwt_secret": SECRET, "jwt_leeway": 0}, agent=agent) as running:
        yield running
    held.gate.open()
    await client.drop_database(db.name)


def given(**more: Any) -> dict[str, Any]:
    return {"agentName": "support", "prompt": "Hi"} | more


async def test_a_key_that_is_revoked_ends_the_wait_and_the_stored_answer_goes_on(server: Server, held: Held) -> None:
    key = await server.key(user="ann")
    thread = await server.thread(key)
    waiting = asyncio.create_task(server.ask(TEXT, by=key, i=given(threadId=thread)))
    await held.asked()
    await server.weft.keys.revoke(key_id=_id_of(key))
    answer = await in_time(waiting)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert error["message"].startswith("Key revoked: ")
    held.gate.open()

    async def done() -> bool:
        docs = await server.weft.store.generations.collection.find({"threadId": thread}).to_list()
        return [doc["status"] for doc in docs] == [GenerationStatus.SUCCEEDED.value]

    await wait_until(done)
    assert held.model.cancelled == 0


async def test_a_token_that_expires_ends_the_wait_and_what_nobody_would_read(server: Server, held: Held) -> None:
    short = token(aud=None, exp=int(utc_now().timestamp()) + 2)
    answer = await in_time(server.ask(OBJECT, by=short, i=given(userId="ann", output="NO_SCHEMA")))
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["message"].startswith("Token expired: ")

    async def let_go() -> bool:
        return held.model.cancelled == 1

    await wait_until(let_go)


async def test_a_caller_who_stays_known_waits_as_long_as_it_takes(server: Server, held: Held) -> None:
    key, other = await server.key(user="ann"), await server.key(user="ann")
    thread = await server.thread(key)
    waiting = asyncio.create_task(server.ask(TEXT, by=key, i=given(threadId=thread)))
    await held.asked()
    await server.weft.keys.revoke(key_id=_id_of(other))
    held.gate.open()
    answer = await in_time(waiting)
    assert answer.json()["data"]["generateText"]["text"] == "Hello"
    assert server.app.sessions.keys == 0, "and nothing of it is held any longer"


async def test_a_caller_who_goes_away_is_no_case_of_it(server: Server, held: Held) -> None:
    key = await server.key(user="ann")
    waiting = asyncio.create_task(server.ask(TEXT, by=key, i=given(userId="ann")))
    await held.asked()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    held.gate.open()
    await wait_until(_nothing_held(server))


def _nothing_held(server: Server) -> Any:
    async def so() -> bool:
        return server.app.sessions.keys == 0

    return so


def _id_of(secret: str) -> str:
    return f"key_{secret.split('_')[1]}"

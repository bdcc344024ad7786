"""Whatever a model does, the AI SDK reads from the stream what is stored: live, and whenever somebody comes later."""

import asyncio
import random
import uuid
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from tests.adapters.test_ai_sdk_chat import Talk, look, pay, shows_what_is_stored
from tests.adapters.world import Chat, Server, serving
from tests.support import in_time, wait_until
from tests.threads.ai_sdk import AiSdk
from tests.threads.test_ai_sdk import comparable

from weft import Agent, tool
from weft.agents.tools.answered import client_tool
from weft.storage.types import Client
from weft.testing import (
    Call,
    DocumentCited,
    Fail,
    FileMade,
    Gate,
    ProviderError,
    ReasoningDelta,
    ScriptedModel,
    SourceFound,
    TextDelta,
    ToolAnswered,
    ToolCalled,
)


@tool
def broken(reason: str) -> str:
    """Fails."""
    raise ValueError(reason)


def step(chance: random.Random, number: int) -> list[Any]:
    """Something that a model may do."""
    kinds: list[Any] = [
        "Some words. ",
        TextDelta("other words", "other", {"scripted": {"n": number}}),
        ReasoningDelta("Hm. ", "r"),
        ReasoningDelta("Hm?", "r", {"scripted": {"signature": "s"}}),
        SourceFound(f"s{number}", "https://weft.example", None),
        DocumentCited(f"d{number}", "Notes", "text/plain", "n.txt"),
        FileMade("image/png", "AA=="),
        Call("look", {"where": "here"}),
        Call("broken", {"reason": "so"}),
        Call("look", raw='{"whe'),
        Call("look", {"nowhere": 1}),
        Call("unknown", {"x": [1]}),
    ]
    searched = [
        ToolCalled(f"p{number}", "search", '{"q": 1}', provider_executed=True),
        ToolAnswered(f"p{number}", "search", {"type": "json", "value": [1]}),
    ]
    return chance.choice([searched, *([kind] for kind in kinds)])


def script(seed: int) -> list[list[Any]]:
    chance = random.Random(seed)
    answers: list[list[Any]] = []
    for number in range(chance.randint(1, 3)):
        steps = [each for index in range(chance.randint(1, 5)) for each in step(chance, 10 * number + index)]
        answers.append(steps)
    if chance.random() < 0.2:
        answers[-1].append(Fail(ProviderError("down", provider="scripted")))
    answers.append(["The end."])
    return answers


SEEDS = range(40)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def actors(client: Client) -> AsyncGenerator[Server, None]:
    """An agent for each script, named by its seed."""
    db = client[f"test_{uuid.uuid4().hex}"]
    agents = [Agent(str(seed), model=ScriptedModel(script(seed)), tools=[look, broken]) for seed in SEEDS]
    async with serving(db, *agents) as server:
        yield server
    await client.drop_database(db.name)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_random_answer_reads_as_it_is_stored(actors: Server, ai_sdk: AiSdk, seed: int) -> None:
    chat = await actors.new_chat()
    events = await in_time(chat.send("Hi", agentName=str(seed)))
    await shows_what_is_stored(ai_sdk, chat, events)
    again = await in_time(chat.send("Hi", agentName=str(seed)))
    await shows_what_is_stored(ai_sdk, chat, again)


async def test_a_call_that_is_denied_while_others_of_its_step_run_is_told(talk: Talk, ai_sdk: AiSdk) -> None:
    running, going_on = asyncio.Event(), asyncio.Event()

    @tool
    async def wait() -> str:
        """Waits."""
        running.set()
        await going_on.wait()
        return "waited"

    chat = await talk([Call("wait", {}), Call("pay", {"amount": 5})], "Then not.", tools=[wait, pay])
    sending = asyncio.create_task(chat.send("Pay"))
    await in_time(running.wait())
    await wait_until(lambda: _asks(chat))
    (asked,) = [part for part in await chat.weft.approvals.pending(chat.id) if part.approval is not None]
    assert asked.approval is not None
    await chat.weft.approvals.deny(chat.id, asked.approval.id, "no")
    going_on.set()
    events = await in_time(sending)
    assert events.text == "Then not."
    stored = await shows_what_is_stored(ai_sdk, chat, events)
    assert ai_sdk.ask(validate=[stored])["value"] == [stored]


async def test_an_approval_that_expires_goes_on_for_who_comes_then(talk: Talk, ai_sdk: AiSdk) -> None:
    gate = Gate()
    chat = await talk([Call("pay", {"amount": 5})], ["Then ", gate, "not."], tools=[pay])
    await in_time(chat.send("Pay"))
    (asked,) = await chat.weft.approvals.pending(chat.id)
    assert asked.approval is not None
    assert (await in_time(chat.resume())).status == 204
    await chat.weft.approvals.deny(chat.id, asked.approval.id, "expired")
    await gate.reached()
    watching = asyncio.create_task(chat.resume())
    await wait_until(lambda: chat.weft.feeds.topics > 0)
    gate.open()
    await shows_what_is_stored(ai_sdk, chat, await in_time(watching))


async def test_a_clients_tool_that_failed_is_told_to_the_model(talk: Talk, ai_sdk: AiSdk) -> None:
    chat = await talk([Call("location", {})], "I cannot see you.", tools=[client_tool("location", "Where you are.")])
    await in_time(chat.send("Where am I?"))
    message = (await chat.stored())[-1]
    (call,) = [part for part in message["parts"] if part["type"] == "tool-location"]
    failed = {**call, "state": "output-error", "errorText": "no GPS"}
    body = chat.body("Where am I?")
    body["messages"].append(message | {"parts": [{"type": "step-start"}, failed]})
    events = await in_time(chat.post(body))
    assert events.text == "I cannot see you."
    shown = (await chat.stored())[-1]["parts"]
    assert [part.get("errorText") for part in shown if part["type"] == "tool-location"] == ["no GPS"]


async def test_files_and_data_and_metadata_of_a_message_are_kept(talk: Talk) -> None:
    chat = await talk()
    parts: list[dict[str, Any]] = [
        {"type": "file", "mediaType": "text/plain", "filename": "a.txt", "url": "data:text/plain;base64,SGk="},
        {"type": "data-place", "id": "p", "data": {"lat": 1}},
        {"type": "text", "text": "What is this?"},
    ]
    body = chat.body("")
    body["messages"] = [{"id": "m1", "role": "user", "parts": parts, "metadata": {"from": "page"}}]
    await in_time(chat.post(body))
    shown = (await chat.messages())[0]
    assert comparable(shown["parts"]) == comparable([*parts[:2], parts[2] | {"state": "done"}])
    assert shown["metadata"] == {"from": "page"}


async def test_long_chats_are_read_page_by_page(talk: Talk) -> None:
    chat = await talk()
    for number in range(3):
        await in_time(chat.send(f"Hi {number}", f"m{number}"))
    texts: list[str] = []
    query = "?last=2"
    while query:
        response = await chat.http.get(f"/ai/chat/{chat.id}{query}")
        texts = [message["parts"][0]["text"] for message in response.json()] + texts
        before = response.headers.get("x-weft-before")
        query = f"?last=2&before={before}" if before else ""
    assert texts[::2] == ["Hi 0", "Hi 1", "Hi 2"]
    assert len(texts) == 6


async def _asks(chat: Chat) -> bool:
    return any(part.approval is not None for part in await chat.weft.approvals.pending(chat.id))

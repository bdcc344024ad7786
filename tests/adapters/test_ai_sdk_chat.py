"""The AI SDK adapter over HTTP: messages in, events out, told once and whole."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.adapters.conftest import Start
from tests.adapters.world import Chat, Events
from tests.support import in_time, wait_until
from tests.threads.ai_sdk import AiSdk
from tests.threads.test_ai_sdk import comparable

from weft import Agent, tool
from weft.testing import Call, Fail, Gate, ProviderError, ReasoningDelta, ScriptedModel, SourceFound
from weft.threads.generations import GenerationStatus
from weft.threads.paging import PageRequest

Talk = Callable[..., Awaitable[Chat]]


@tool
def look(where: str) -> dict[str, str]:
    """Looks somewhere."""
    return {"found": where}


@tool(needs_approval=True)
def pay(amount: int) -> str:
    """Pays."""
    return f"paid {amount}"


async def shows_what_is_stored(sdk: AiSdk, chat: Chat, events: Events) -> dict[str, Any]:
    """The message that the AI SDK reads from the events is the last one that is stored; returns it as stored."""
    answer = sdk.ask(read=[chunk for chunk in events.chunks if chunk["type"] != "error"])
    assert "error" not in answer
    stored = (await chat.stored())[-1]
    assert answer["value"]["id"] == stored["id"]
    assert comparable(answer["value"]["parts"]) == comparable(stored["parts"])
    return stored


async def generations(chat: Chat) -> list[GenerationStatus]:
    page = await chat.weft.generations.page(await chat.thread_id(), PageRequest.of(last=10))
    return [generation.status for generation in page.nodes]


async def test_a_message_is_sent_and_its_answer_streamed_to_the_end(talk: Talk, ai_sdk: AiSdk) -> None:
    chat = await talk()
    events = await in_time(chat.send("Hi"))
    assert events.status == 200
    assert events.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert events.headers["content-type"].startswith("text/event-stream")
    assert events.done
    assert events.text == "Hello there, friend"
    assert events.chunks[0]["type"] == "start"
    assert events.chunks[-1] == {"type": "finish", "finishReason": "stop"}
    await shows_what_is_stored(ai_sdk, chat, events)


async def test_a_message_that_is_sent_again_stores_nothing_twice_and_brings_the_same_answer(talk: Talk) -> None:
    chat = await talk("Once", "Twice")
    first = await in_time(chat.send("Hi"))
    again = await in_time(chat.send("Hi"))
    assert (first.text, again.text) == ("Once", "Once")
    assert first.chunks[0] == again.chunks[0]
    assert len(await chat.messages()) == 2


async def test_the_callers_own_id_is_a_chat_from_its_first_message_on(start: Start) -> None:
    chat = (await start(Agent("a", model=ScriptedModel(["One", "Two"])))).chat("my chat/ä")
    url = "/ai/chat/my%20chat%2F%C3%A4"
    assert (await chat.http.get(url + "/stream")).status_code in (204, 404)
    chat.id = "my-chat"
    assert (await in_time(chat.resume())).status == 204
    assert (await in_time(chat.send("Hi"))).text == "One"
    assert (await in_time(chat.send("Hi again", "m2"))).text == "Two"
    assert [message["role"] for message in await chat.messages()] == ["user", "assistant"] * 2


async def test_tools_and_reasoning_and_sources_read_as_they_are_stored(talk: Talk, ai_sdk: AiSdk) -> None:
    found = SourceFound("s1", "https://weft.example", "Weft")
    thought = ReasoningDelta("I should look. ", "r")
    chat = await talk(
        [thought, "Let me ", "look.", Call("look", {"where": "here"})], ["It is ", found, "here."], tools=[look]
    )
    events = await in_time(chat.send("Where?"))
    stored = await shows_what_is_stored(ai_sdk, chat, events)
    kinds = [part["type"] for part in stored["parts"]]
    assert kinds == ["step-start", "reasoning", "text", "tool-look", "step-start", "text", "source-url"]
    assert ai_sdk.ask(validate=await chat.messages()) == {"value": await chat.messages()}


async def test_an_approval_is_asked_for_given_and_gone_on_with(talk: Talk, ai_sdk: AiSdk) -> None:
    chat = await talk([Call("pay", {"amount": 5})], "It is paid.", tools=[pay])
    asked = await in_time(chat.send("Pay 5"))
    assert asked.chunks[-1] == {"type": "finish", "finishReason": "tool-calls"}
    message = await shows_what_is_stored(ai_sdk, chat, asked)
    (call,) = [part for part in message["parts"] if part["type"] == "tool-pay"]
    assert call["state"] == "approval-requested"
    answered = {
        **call,
        "state": "approval-responded",
        "approval": call["approval"] | {"approved": True, "reason": "ok"},
    }
    body = chat.body("Pay 5")
    body["messages"].append(message | {"parts": [{"type": "step-start"}, answered]})
    went_on = await in_time(chat.post(body | {"messageId": message["id"]}))
    assert went_on.text == "It is paid."
    assert went_on.chunks[0] == {"type": "start", "messageId": message["id"]}
    assert [chunk["type"] for chunk in went_on.chunks].count("tool-output-available") == 1
    again = await in_time(chat.post(body | {"messageId": message["id"]}))
    assert again.text == "It is paid."
    assert "paid 5" in [chunk.get("output") for chunk in again.chunks]
    assert await generations(chat) == [GenerationStatus.SUCCEEDED]


async def test_an_answer_is_followed_from_its_start_by_whoever_comes_late(talk: Talk, ai_sdk: AiSdk) -> None:
    gate = Gate()
    chat = await talk([Call("look", {"where": "here"})], ["It ", "is ", gate, "here."], tools=[look])
    sent = await in_time(chat.post(chat.body("Where?"), count=2))
    assert not sent.done
    await gate.reached()
    await wait_until(lambda: _streamed(chat, "It is"))

    watching = [asyncio.create_task(chat.resume()) for _ in range(2)]
    await wait_until(lambda: chat.weft.feeds.topics > 0)
    gate.open()
    first, second = await in_time(asyncio.gather(*watching))
    for events in (first, second):
        assert events.text == "It is here."
        await shows_what_is_stored(ai_sdk, chat, events)
    assert (await in_time(chat.resume())).status == 204


@pytest.mark.parametrize("header", [False, True])
async def test_after_every_event_a_client_can_go_on_without_a_gap_or_a_repeat(talk: Talk, header: bool) -> None:
    chat = await talk(["Let me look. ", Call("look", {"where": "here"})], "It is here, I think.", tools=[look])
    events = (await in_time(chat.send("Where?"))).all
    placed = [index for index, event in enumerate(events) if event.id is not None]
    assert len(placed) > len(events) / 2
    for index in placed[:-1]:
        rest = await in_time(chat.resume(events[index].id, header=header))
        assert [event.chunk for event in rest.all] == [event.chunk for event in events[index + 1 :]]
    assert (await in_time(chat.resume(events[-1].id, header=header))).status == 204


async def test_stop_ends_the_answer_for_everybody_and_keeps_what_was_written(talk: Talk, ai_sdk: AiSdk) -> None:
    gate = Gate()
    chat = await talk(["Half ", "of ", gate, "it"])

    async def stopping() -> list[str]:
        await gate.reached()
        await wait_until(lambda: _streamed(chat, "Half of"))
        return await chat.stop(reason="enough")

    events, stopped = await in_time(asyncio.gather(chat.send("Hi"), stopping()))
    assert len(stopped) == 1
    assert {"type": "abort", "reason": "enough"} in events.chunks
    assert events.done
    stored = await shows_what_is_stored(ai_sdk, chat, events)
    assert stored["parts"][0]["text"].strip() == "Half of"
    assert await generations(chat) == [GenerationStatus.ABORTED]


async def test_a_failed_answer_ends_with_its_error(talk: Talk, ai_sdk: AiSdk) -> None:
    broken = Fail(ProviderError("the provider is down", provider="scripted"))
    chat = await talk(["Half an ", broken])
    events = await in_time(chat.send("Hi"))
    assert events.chunks[-1]["type"] == "error"
    assert "the provider is down" in events.chunks[-1]["errorText"]
    await shows_what_is_stored(ai_sdk, chat, events)


async def test_a_client_that_goes_away_stops_nothing(talk: Talk) -> None:
    gate = Gate()
    chat = await talk(["One ", gate, "two"])
    await in_time(chat.post(chat.body("Hi"), count=1))
    await gate.reached()
    gate.open()
    await wait_until(lambda: _settled(chat))
    assert (await chat.messages())[-1]["parts"][0]["text"] == "One two"


async def test_an_answer_is_given_again(talk: Talk, ai_sdk: AiSdk) -> None:
    chat = await talk("One", "Two", "Three")
    await in_time(chat.send("Hi"))
    events = await in_time(chat.send("Hi", trigger="regenerate-message"))
    assert events.text == "Two"
    stored = await shows_what_is_stored(ai_sdk, chat, events)
    named = await in_time(chat.send("Hi", trigger="regenerate-message", messageId=stored["id"]))
    assert named.text == "Three"
    assert len(await chat.messages()) == 2


async def test_an_edited_message_ends_the_chat_there_and_is_answered_again(talk: Talk) -> None:
    chat = await talk("One", "Two", "Three")
    await in_time(chat.send("Hi"))
    await in_time(chat.send("More", "m2"))
    events = await in_time(chat.send("Hello", messageId="m1"))
    assert events.text == "Three"
    shown = await chat.messages()
    assert [message["parts"][0]["text"] for message in shown] == ["Hello", "Three"]


async def _streamed(chat: Chat, text: str) -> bool:
    thread = await chat.weft.threads.require(await chat.thread_id())
    return any(text in live.ui_message().text for live in (await chat.weft.streams.moment(thread)).live)


async def _settled(chat: Chat) -> bool:
    return await generations(chat) == [GenerationStatus.SUCCEEDED]

"""The real client of the AI SDK against a Weft server: what a page shows is what is stored."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio
from tests.adapters.node import Client, Clients, clients
from tests.adapters.test_ai_sdk_chat import Talk, look, pay
from tests.adapters.world import Chat
from tests.support import in_time, wait_until
from tests.threads.test_ai_sdk import comparable

from weft.agents.tools.answered import client_tool
from weft.testing import Call, Gate

Open = Callable[..., Awaitable[Client]]


@pytest_asyncio.fixture(loop_scope="session")
async def pages(tmp_path: Path) -> AsyncGenerator[Clients, None]:
    async with clients(tmp_path) as opened:
        yield opened


async def open_page(pages: Clients, chat: Chat, **more: Any) -> Client:
    return await pages.open(str(chat.http.base_url).rstrip("/"), chat.id, **more)


def shown(seen: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The messages of a page, as they can be compared."""
    return [(message["role"], comparable(_plain(message["parts"]))) for message in seen["messages"]]


def _plain(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A page does not say of a user's text that it is complete, and may know who decided."""
    return [{"state": "done", **part} if part["type"] == "text" else part for part in parts]


async def stored(chat: Chat) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(message["role"], comparable(message["parts"])) for message in await chat.stored()]


async def test_a_page_sends_and_shows_the_answer(talk: Talk, pages: Clients) -> None:
    chat = await talk("Hello there", "And again")
    page = await open_page(pages, chat)
    seen = await page.send("Hi")
    assert (seen["status"], seen.get("error")) == ("ready", None)
    assert shown(seen) == await stored(chat)
    assert seen["messages"][1]["id"] == (await chat.stored())[1]["id"]
    assert shown(await page.send("More")) == await stored(chat)
    assert len(await chat.stored()) == 4


async def test_a_page_sees_an_answer_grow(talk: Talk, pages: Clients) -> None:
    gate = Gate()
    chat = await talk(["Half ", "of ", gate, "it"])
    page = await open_page(pages, chat)
    sending = asyncio.create_task(page.send("Hi"))
    seen = await page.until(text="Half of", status="streaming")
    assert seen["messages"][1]["parts"][-1]["state"] == "streaming"
    gate.open()
    assert shown(await sending) == await stored(chat)


async def test_a_tool_is_called_and_a_page_shows_its_result(talk: Talk, pages: Clients) -> None:
    chat = await talk(["Let me look. ", Call("look", {"where": "here"})], "It is here.", tools=[look])
    page = await open_page(pages, chat)
    seen = await page.send("Where?")
    assert shown(seen) == await stored(chat)
    assert seen["posts"] == 1
    assert [part["type"] for part in seen["messages"][1]["parts"]].count("tool-look") == 1


async def test_a_page_approves_and_the_answer_goes_on_by_itself(talk: Talk, pages: Clients) -> None:
    chat = await talk([Call("pay", {"amount": 5})], "It is paid.", tools=[pay])
    page = await open_page(pages, chat)
    asked = await page.send("Pay 5")
    (call,) = [part for part in asked["messages"][1]["parts"] if part["type"] == "tool-pay"]
    await page.call("addToolApprovalResponse", {"id": call["approval"]["id"], "approved": True, "reason": "fine"})
    seen = await page.until(text="It is paid.", status="ready")
    assert shown(seen) == await stored(chat)
    assert seen["posts"] == 2


async def test_a_page_denies_and_the_model_is_told(talk: Talk, pages: Clients) -> None:
    chat = await talk([Call("pay", {"amount": 5})], "Then not.", tools=[pay])
    page = await open_page(pages, chat)
    asked = await page.send("Pay 5")
    (call,) = [part for part in asked["messages"][1]["parts"] if part["type"] == "tool-pay"]
    await page.call("addToolApprovalResponse", {"id": call["approval"]["id"], "approved": False, "reason": "too much"})
    seen = await page.until(text="Then not.", status="ready")
    assert shown(seen) == await stored(chat)


async def test_calls_of_a_step_are_decided_one_by_one(talk: Talk, pages: Clients) -> None:
    calls = [Call("pay", {"amount": 1}), Call("look", {"where": "x"}), Call("pay", {"amount": 2})]
    chat = await talk(calls, "Done.", tools=[pay, look])
    page = await open_page(pages, chat)
    asked = await page.send("Pay twice")
    waiting = [part for part in asked["messages"][1]["parts"] if part.get("state") == "approval-requested"]
    for part, approved in zip(waiting, (True, False), strict=True):
        await page.call("addToolApprovalResponse", {"id": part["approval"]["id"], "approved": approved})
    seen = await page.until(text="Done.", status="ready")
    assert shown(seen) == await stored(chat)
    assert seen["posts"] == 2


async def test_a_pages_own_tool_answers_a_call(talk: Talk, pages: Clients) -> None:
    where = client_tool("location", "Where the user is.")
    chat = await talk([Call("location", {})], "You are in Rome.", tools=[where])
    page = await open_page(pages, chat, clientTools={"location": {"city": "Rome"}})
    await page.send("Where am I?")
    seen = await page.until(text="You are in Rome.", status="ready")
    assert shown(seen) == await stored(chat)
    assert seen["posts"] == 2


async def test_an_answer_that_ends_with_its_tools_is_not_asked_for_again_and_again(talk: Talk, pages: Clients) -> None:
    chat = await talk([Call("look", {"where": "here"})], tools=[look], max_steps=1)
    page = await open_page(pages, chat)
    seen = await page.send("Where?")
    assert (seen["status"], seen["posts"]) == ("ready", 2)
    assert shown(seen) == await stored(chat)


async def test_a_page_asks_for_another_answer(talk: Talk, pages: Clients) -> None:
    chat = await talk("One", "Two", "Three")
    page = await open_page(pages, chat)
    await page.send("Hi")
    seen = await page.call("regenerate")
    assert shown(seen) == await stored(chat)
    again = await page.call("regenerate", {"messageId": seen["messages"][1]["id"]})
    assert shown(again) == await stored(chat)
    assert again["messages"][1]["parts"][-1]["text"] == "Three"
    assert len(again["messages"]) == 2


async def test_a_page_edits_a_message(talk: Talk, pages: Clients) -> None:
    chat = await talk("One", "Two", "Three")
    page = await open_page(pages, chat)
    first = await page.send("Hi")
    await page.send("More")
    seen = await page.send("Hello", messageId=first["messages"][0]["id"])
    assert shown(seen) == await stored(chat)
    assert len(seen["messages"]) == 2


async def test_a_page_stops_an_answer_for_good_or_only_stops_listening(talk: Talk, pages: Clients) -> None:
    gates = [Gate(), Gate()]
    chat = await talk(["One ", gates[0], "two"], ["Three ", gates[1], "four"])
    page = await open_page(pages, chat)
    sending = asyncio.create_task(page.send("Hi"))
    await page.until(text="One")
    await page.stop_answer()
    seen = await sending
    assert seen["finishes"][-1]["finishReason"] == "interrupted"
    assert shown(seen) == await stored(chat)
    sending = asyncio.create_task(page.send("More"))
    await page.until(text="Three")
    left = await page.call("stop")
    assert left["status"] == "ready"
    await sending
    gates[1].open()
    await wait_until(lambda: _says(chat, "Three four"))


async def test_a_connection_that_is_cut_is_resumed_wherever_it_was_cut(talk: Talk, pages: Clients) -> None:
    gate = Gate()
    chat = await talk(["Let me look. ", Call("look", {"where": "here"})], ["It is ", gate, "here."], tools=[look])
    page = await open_page(pages, chat)
    await page.cut_after(2)
    cut = await page.send("Where?")
    assert cut["status"] == "error"
    assert cut["finishes"][-1]["isDisconnect"]
    resuming = asyncio.create_task(page.call("~resumeStreamIfDisconnected"))
    await page.until(text="It is", status="streaming")
    gate.open()
    seen = await resuming
    assert seen["status"] == "ready"
    assert shown(seen) == await stored(chat)
    assert len(seen["messages"]) == 2


async def test_a_page_that_is_reloaded_in_mid_answer_goes_on(talk: Talk, pages: Clients) -> None:
    gate = Gate()
    chat = await talk([Call("pay", {"amount": 5})], ["It is ", gate, "paid."], tools=[pay])
    page = await open_page(pages, chat)
    asked = await page.send("Pay 5")
    (call,) = [part for part in asked["messages"][1]["parts"] if part["type"] == "tool-pay"]
    await page.call("addToolApprovalResponse", {"id": call["approval"]["id"], "approved": True})
    await page.until(text="It is")
    reloaded = await open_page(pages, chat, load=True)
    resuming = asyncio.create_task(reloaded.call("resumeStream"))
    await reloaded.until(text="It is", status="streaming")
    gate.open()
    seen = await resuming
    assert shown(seen) == await stored(chat)
    assert shown(await page.until(text="It is paid.", status="ready")) == await stored(chat)
    idle = await reloaded.call("resumeStream")
    assert idle["status"] == "ready"


async def test_two_pages_on_one_chat_see_the_same(talk: Talk, pages: Clients) -> None:
    gate = Gate()
    chat = await talk(["Hello ", gate, "both"], "And you")
    one, two = await open_page(pages, chat), await open_page(pages, chat)
    sending = asyncio.create_task(one.send("Hi"))
    await one.until(text="Hello")
    watching = asyncio.create_task(two.call("resumeStream"))
    await two.until(text="Hello")
    gate.open()
    first, second = await in_time(asyncio.gather(sending, watching))
    assert shown(first) == await stored(chat)
    assert shown(second) == (await stored(chat))[1:]
    later = await open_page(pages, chat, load=True)
    assert shown(await later.send("And me?")) == await stored(chat)


async def test_an_error_of_the_request_is_shown(talk: Talk, pages: Clients) -> None:
    chat = await talk()
    page = await open_page(pages, chat)
    seen = await page.send("   ")
    assert seen["status"] == "error"
    assert "the message is empty" in seen["error"]


async def _says(chat: Chat, text: str) -> bool:
    return text in str(await chat.stored())

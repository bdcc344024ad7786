"""The AI SDK adapter when things go wrong: workers and clients that die, decisions of others, bad requests."""

import asyncio
from typing import Any

import pytest
from tests.adapters.conftest import Start
from tests.adapters.test_ai_sdk_chat import Talk, look, pay, shows_what_is_stored
from tests.adapters.world import Chat
from tests.support import in_time, wait_until
from tests.threads.ai_sdk import AiSdk

from weft import Agent
from weft.agents.weft import Weft
from weft.storage.store import Store
from weft.storage.types import Database
from weft.testing import Answer, Call, Gate, ScriptedModel
from weft.threads.generations import GenerationOptions


def support(*answers: Answer) -> Agent:
    return Agent("support", model=ScriptedModel(answers), tools=[look, pay])


@pytest.mark.parametrize(
    "before",
    [
        [["Half ", "of "]],
        [["Let me look. ", Call("look", {"where": "here"})], ["It ", "was "]],
    ],
    ids=["first step", "second step"],
)
async def test_what_a_lost_worker_had_not_stored_is_taken_back(
    start: Start, db: Database, ai_sdk: AiSdk, before: list[list[Any]]
) -> None:
    gate = Gate()
    server = await start(support(), work=False)
    chat = await server.new_chat()
    sending = asyncio.create_task(chat.send("Where?"))
    async with Weft(Store(db), [support(*before[:-1], [*before[-1], gate])]):
        await gate.reached()
        await wait_until(lambda: _streamed(chat, before[-1][0].strip()))
    async with Weft(Store(db), [support("It is here.")]):
        events = await in_time(sending)
    assert {"type": "reset-step"} in events.chunks
    assert events.chunks[-1] == {"type": "finish", "finishReason": "stop"}
    stored = await shows_what_is_stored(ai_sdk, chat, events)
    assert stored["parts"][-1]["text"] == "It is here."
    for event in [event for event in events.all if event.id is not None][:-1]:
        rest = await in_time(chat.resume(event.id))
        index = next(number for number, each in enumerate(events.all) if each.id == event.id)
        assert rest.chunks == [each.chunk for each in events.all[index + 1 :]]


async def test_an_answer_without_a_stream_is_told_when_it_is_there(talk: Talk, ai_sdk: AiSdk) -> None:
    chat = await talk(["Let me look. ", Call("look", {"where": "here"})], "It is here.", tools=[look])
    sent = await chat.weft.messages.send(
        chat.id, prompt="Where?", client_id="m1", options=GenerationOptions(stream=False)
    )
    assert sent.generation is not None
    events = await in_time(chat.send("Where?"))
    stored = await shows_what_is_stored(ai_sdk, chat, events)
    assert [part["type"] for part in stored["parts"]] == ["step-start", "text", "tool-look", "step-start", "text"]


async def test_a_decision_of_somebody_else_stands_and_is_told(talk: Talk, ai_sdk: AiSdk) -> None:
    chat = await talk([Call("pay", {"amount": 5})], "Then not.", tools=[pay])
    asked = await in_time(chat.send("Pay 5"))
    message = (await chat.stored())[-1]
    (part,) = [part for part in message["parts"] if part["type"] == "tool-pay"]
    await chat.weft.approvals.deny(chat.id, part["approval"]["id"], "no", "kim")
    await wait_until(lambda: _says(chat, "Then not."))
    mine = part | {"state": "approval-responded", "approval": part["approval"] | {"approved": True}}
    body = chat.body("Pay 5")
    body["messages"].append(message | {"parts": [{"type": "step-start"}, mine]})
    events = await in_time(chat.post(body | {"messageId": message["id"]}))
    told = [
        *asked.chunks[:-1],
        {"type": "tool-approval-response", "approvalId": part["approval"]["id"], "approved": True},
    ]
    answer = ai_sdk.ask(read=[*told, *events.chunks])
    assert "error" not in answer
    assert events.text == "Then not."
    (denied,) = [part for part in answer["value"]["parts"] if part["type"] == "tool-pay"]
    assert (denied["state"], denied["approval"]["approved"], denied["approval"]["reason"]) == (
        "output-denied",
        False,
        "no",
    )


async def test_a_thread_that_is_deleted_ends_its_streams(talk: Talk) -> None:
    gate = Gate()
    chat = await talk(["Half ", gate, "it"])
    sending = asyncio.create_task(chat.send("Hi"))
    await gate.reached()
    await chat.weft.threads.delete(chat.id)
    events = await in_time(sending)
    assert events.chunks[-1] == {"type": "error", "errorText": "the thread was deleted"}
    assert events.done


async def test_a_message_whose_answer_is_made_anew_elsewhere_is_interrupted(talk: Talk) -> None:
    gate = Gate()
    chat = await talk(["Half ", gate, "it"], "Anew")
    sending = asyncio.create_task(chat.send("Hi"))
    await gate.reached()
    again = await in_time(chat.send("Hi", trigger="regenerate-message"))
    events = await in_time(sending)
    assert again.text == "Anew"
    assert events.chunks[-1] == {"type": "finish", "finishReason": "interrupted"}


async def test_other_answers_of_the_thread_are_not_told(talk: Talk) -> None:
    gate = Gate()
    chat = await talk(["One ", gate, "two"], "Three")
    first = asyncio.create_task(chat.send("Hi"))
    await gate.reached()
    second = await in_time(chat.send("More", "m2"))
    gate.open()
    assert ((await in_time(first)).text, second.text) == ("One two", "Three")


USER = {"id": "m1", "role": "user", "parts": [{"type": "text", "text": "Hi"}]}


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ("Hi", 400, None),
        ([], 400, None),
        ({"messages": [USER]}, 400, ["id"]),
        ({"id": 1, "messages": [USER]}, 400, ["id"]),
        ({"id": "c" * 201, "messages": [USER]}, 413, ["id"]),
        ({"id": "c"}, 400, ["messages"]),
        ({"id": "c", "messages": []}, 400, ["messages"]),
        ({"id": "c", "messages": "Hi"}, 400, ["messages"]),
        ({"id": "c", "messages": ["Hi"]}, 400, ["messages", "0"]),
        ({"id": "c", "messages": [USER | {"id": None}]}, 400, ["messages", "0", "id"]),
        ({"id": "c", "messages": [USER | {"id": "m" * 201}]}, 413, ["messages", "0", "id"]),
        ({"id": "c", "messages": [USER | {"role": "tool"}]}, 400, ["messages", "0", "role"]),
        ({"id": "c", "messages": [USER | {"role": "system"}]}, 400, ["messages", "0", "role"]),
        ({"id": "c", "messages": [USER | {"parts": "Hi"}]}, 400, ["messages", "0", "parts"]),
        ({"id": "c", "messages": [USER | {"parts": []}]}, 400, ["messages", "0", "parts"]),
        ({"id": "c", "messages": [USER | {"parts": ["Hi"]}]}, 400, ["messages", "0", "parts", "0"]),
        ({"id": "c", "messages": [USER | {"parts": [{"type": "text"}]}]}, 400, ["messages", "0", "parts", "0"]),
        ({"id": "c", "messages": [USER | {"parts": [{"type": "step-start"}]}]}, 400, ["messages", "0", "parts", "0"]),
        ({"id": "c", "messages": [USER | {"parts": [{"type": "file"}]}]}, 400, None),
        ({"id": "c", "messages": [USER], "trigger": "resume"}, 400, ["trigger"]),
        ({"id": "c", "messages": [USER], "agentName": "nobody"}, 404, ["agentName"]),
        ({"id": "c", "messages": [USER], "agentName": 5}, 400, ["agentName"]),
        ({"id": "c", "messages": [USER], "messageId": {}}, 400, ["messageId"]),
        ({"id": "c", "messages": [USER], "trigger": "regenerate-message"}, 404, ["id"]),
        ({"id": "c", "messages": [USER | {"role": "assistant"}]}, 404, ["id"]),
        ({"id": "thr_unknown", "messages": [USER]}, 404, ["id"]),
    ],
)
async def test_a_bad_request_is_refused_with_a_reason(
    shared: Chat, body: Any, status: int, path: list[str] | None
) -> None:
    response = await shared.http.post("/ai/chat", json=body)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/json")
    error = response.json()["error"]
    assert error["message"]
    assert path is None or error["path"] == path
    assert await shared.weft.store.threads.by_client_id(None, None, "c") is None


async def test_what_is_no_json_is_refused(shared: Chat) -> None:
    headers = {"content-type": "application/json"}
    assert (await shared.http.post("/ai/chat", content=b"{", headers=headers)).status_code == 400
    assert (await shared.http.post("/ai/chat", content=b"\xff", headers=headers)).status_code == 400
    assert (
        await shared.http.post("/ai/chat", content=b"{}", headers={"content-type": "text/plain"})
    ).status_code == 415
    large = await shared.http.post("/ai/chat", content=b" " * (16 * 1024 * 1024 + 1), headers=headers)
    assert large.status_code == 413


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/ai/chat/unknown", 404),
        ("/ai/chat/thr_unknown", 404),
        ("/ai/chat/unknown/stream", 204),
        ("/ai/chat/thr_unknown/stream", 404),
        ("/ai/chat/{id}/stream", 204),
        ("/ai/chat/{id}/stream?after=garbage", 400),
        ("/ai/chat/{id}/stream?after=str_1.0.999999999999999999", 400),
        ("/ai/chat/{id}/stream?after=str_00000000000000000000000000.0", 404),
        ("/ai/chat/{id}?last=0", 400),
        ("/ai/chat/{id}?last=x", 400),
        ("/ai/chat/{id}?before=x", 400),
    ],
)
async def test_a_wrong_address_is_told(shared: Chat, url: str, status: int) -> None:
    response = await shared.http.get(url.format(id=shared.id))
    assert response.status_code == status
    assert status == 204 or response.json()["error"]["message"]


async def test_a_place_of_another_thread_or_of_the_future_is_refused(talk: Talk) -> None:
    chat = await talk()
    events = await in_time(chat.send("Hi"))
    place = next(event.id for event in events.all if event.id)
    future = place.split(".")[0] + ".999"
    assert (await chat.http.get(f"/ai/chat/{chat.id}/stream?after={future}")).status_code == 400
    other = await chat.weft.threads.create()
    assert (await chat.http.get(f"/ai/chat/{other.id}/stream?after={place}")).status_code == 404


async def test_unknown_messages_of_a_chat_are_told(shared: Chat) -> None:
    again = await shared.http.post("/ai/chat", json=shared.body("Hi", "m9", trigger="regenerate-message"))
    assert (again.status_code, again.json()["error"]["path"]) == (404, ["messageId"])
    body = shared.body("Hi", "m9") | {"messages": [USER | {"role": "assistant"}]}
    decided = await shared.http.post("/ai/chat", json=body)
    assert (decided.status_code, decided.json()["error"]["path"]) == (404, ["messages", "0", "id"])


async def test_a_page_of_another_site_stops_nothing(shared: Chat) -> None:
    response = await shared.http.post(f"/ai/chat/{shared.id}/stop", headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert await shared.stop() == []


async def test_nothing_to_decide_is_said(talk: Talk) -> None:
    chat = await talk()
    await in_time(chat.send("Hi"))
    body = chat.body("Hi")
    body["messages"].append((await chat.stored())[-1])
    response = await chat.http.post("/ai/chat", json=body)
    assert (response.status_code, response.json()["error"]["code"]) == (409, "CONFLICT")


async def _streamed(chat: Chat, text: str) -> bool:
    thread = await chat.weft.threads.require(await chat.thread_id())
    return any(text in live.ui_message().text for live in (await chat.weft.streams.moment(thread)).live)


async def _says(chat: Chat, text: str) -> bool:
    return text in str(await chat.stored())

"""The AI SDK's endpoint, user by user: the same callers, the same rules, the same ends."""

import asyncio
from typing import Any, cast

import httpx2
import pytest
from tests.adapters.world import Chat, Events
from tests.identity.issuer import SECRET, token
from tests.identity.world import Server, asking, bearer

from weft import Agent
from weft.storage.types import Database
from weft.testing import Gate, ScriptedModel
from weft.threads.clock import utc_now


def chat(server: Server, credential: str, chat_id: str) -> Chat:
    """A client that says who it is."""
    return Chat(cast(httpx2.AsyncClient, _Known(server.http, bearer(credential))), server.weft, chat_id)


class _Known:
    """An HTTP client that sends these headers, too."""

    def __init__(self, http: Any, headers: dict[str, str]) -> None:
        self._http = http
        self._headers = headers

    def stream(self, method: str, url: str, **given: Any) -> Any:
        return self._http.stream(method, url, **(given | {"headers": self._headers | (given.get("headers") or {})}))

    async def get(self, url: str, **given: Any) -> Any:
        return await self._http.get(url, headers=self._headers, **given)

    async def post(self, url: str, **given: Any) -> Any:
        return await self._http.post(url, headers=self._headers, **given)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/ai/chat"), ("GET", "/ai/chat/c1"), ("GET", "/ai/chat/c1/stream"), ("POST", "/ai/chat/c1/stop")],
)
async def test_a_stranger_gets_nothing(server: Server, method: str, path: str) -> None:
    for headers in ({}, bearer("nonsense"), bearer(token(exp=1))):
        answer = await server.http.request(method, path, headers=headers, content=b"not even json")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="weft"'
        assert answer.json()["error"]["code"] == "UNAUTHENTICATED"


async def test_users_that_call_their_chats_alike_have_each_their_own(server: Server) -> None:
    ann, bob = chat(server, token(sub="ann"), "my chat"), chat(server, token(sub="bob"), "my chat")
    first = await ann.send("Hi")
    assert (first.text, first.done) == ("Hello there", True)
    second = await bob.send("Hi")
    assert first.headers["x-weft-thread-id"] != second.headers["x-weft-thread-id"]
    assert len(await ann.messages()) == len(await bob.messages()) == 2
    thread = await server.weft.threads.get(first.headers["x-weft-thread-id"])
    assert thread is not None
    assert thread.user_id == "ann"


async def test_a_key_for_a_user_and_the_users_token_have_the_same_chats(server: Server) -> None:
    by_token, by_key = chat(server, token(sub="eve"), "c"), chat(server, await server.key(user="eve"), "c")
    await by_token.send("Hi")
    assert len(await by_key.messages()) == 2
    await by_key.send("And again", "m2")
    assert len(await by_token.messages()) == 4


async def test_chats_of_nobody_are_the_keys_that_made_them(server: Server) -> None:
    mine, other = chat(server, await server.key(), "c"), chat(server, await server.key(), "c")
    await mine.send("Hi")
    assert len(await mine.messages()) == 2
    assert (await other.http.get("/ai/chat/c")).status_code == 404


async def test_another_users_chat_is_not_there(server: Server) -> None:
    ann = chat(server, token(sub="ann"), "secret chat")
    thread_id = (await ann.send("Hi")).headers["x-weft-thread-id"]
    bob = chat(server, token(sub="bob"), thread_id)
    assert (await bob.http.get(f"/ai/chat/{thread_id}")).status_code == 404
    assert (await bob.http.get(f"/ai/chat/{thread_id}/stream")).status_code == 404
    assert (await bob.http.post(f"/ai/chat/{thread_id}/stop", json={})).status_code == 404
    assert (await bob.http.post("/ai/chat", json=bob.body("Hi"))).status_code == 404
    unknown = await bob.http.get("/ai/chat/thr_00000000000000000000000000")
    known = await bob.http.get(f"/ai/chat/{thread_id}")
    assert (
        unknown.json()["error"]["message"].replace("thr_00000000000000000000000000", thread_id)
        == (known.json()["error"]["message"])
    )
    assert len(await ann.messages()) == 2


async def test_nobody_may_speak_for_another_user_but_a_service(server: Server) -> None:
    ann, service = chat(server, token(sub="ann"), "c9"), chat(server, await server.key("service"), "c9")
    refused = await ann.http.post("/ai/chat", json=ann.body("Hi", userId="bob"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
    sent = await service.send("Hi", userId="bob")
    thread = await server.weft.threads.get(sent.headers["x-weft-thread-id"])
    assert thread is not None
    assert thread.user_id == "bob"


async def test_a_message_of_another_chat_cannot_be_named(server: Server) -> None:
    ann, bob = chat(server, token(sub="ann"), "one"), chat(server, token(sub="bob"), "two")
    await ann.send("Hi")
    (message, _) = await ann.messages()
    await bob.send("Hello")
    body = bob.body("Changed", message["id"], messageId=message["id"])
    assert (await bob.post(body)).done  # the id is taken as the client's own
    assert (await ann.messages())[0]["parts"] == message["parts"]


async def test_a_stream_ends_with_the_key_that_opened_it_and_the_answer_goes_on(db: Database) -> None:
    gate = Gate()
    agent = Agent("support", model=ScriptedModel([["Half ", gate, "it"]]))
    async with asking(db, agent=agent) as server:
        issued = await server.weft.keys.issue(user_id="ann")
        ann = chat(server, issued.secret, "c")
        sending: asyncio.Task[Events] = asyncio.create_task(ann.send("Hi"))
        await gate.reached()
        await server.weft.keys.revoke(key_id=issued.key.id)
        async with asyncio.timeout(40):
            (outcome,) = await asyncio.gather(sending, return_exceptions=True)
        assert not isinstance(outcome, Events) or not outcome.done
        assert (await ann.http.get("/ai/chat/c/stream")).status_code == 401
        gate.open()
        again = chat(server, await server.key(user="ann"), "c")
        await again.resume()
        assert [part["text"] for part in (await again.messages())[-1]["parts"] if part["type"] == "text"] == ["Half it"]


async def test_a_stream_ends_with_the_token_that_opened_it(db: Database) -> None:
    gate = Gate()
    agent = Agent("support", model=ScriptedModel([["Half ", gate, "it"]]))
    async with asking(db, agent=agent, settings={"jwt_secret": SECRET, "jwt_leeway": 0}) as server:
        ann = chat(server, token(aud=None, exp=int(utc_now().timestamp()) + 3), "c")
        sending: asyncio.Task[Events] = asyncio.create_task(ann.send("Hi"))
        async with asyncio.timeout(40):
            (outcome,) = await asyncio.gather(sending, return_exceptions=True)
        assert not isinstance(outcome, Events) or not outcome.done
        gate.open()

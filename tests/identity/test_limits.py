"""Limits are settings; each refusal has a code and says the limit."""

from typing import Any

import pytest
from tests.identity.issuer import AUDIENCE, ISSUER, SECRET, token
from tests.identity.sockets import init, known
from tests.identity.world import EVENTS, NEW_THREAD, asking, bearer
from tests.protocol.client import opened
from tests.support import wait_until

from weft.errors import ConfigError
from weft.settings import LimitSettings, Settings, from_environment
from weft.storage.types import Database

SEND = """mutation($input: SendMessageInput!) { sendMessage(input: $input) { sentMessage { id } userErrors {
  __typename code errorMessage ... on RateLimitError { name retryAt retryAfterMs } } } }"""
STREAMS = {"accept": "text/event-stream"}
TOLD = "At most 2 {} at once for one viewer; close one, or try again later"


def limits(**given: Any) -> dict[str, Any]:
    """Settings with these limits, of a server that reads tokens."""
    tokens = {"jwt_secret": SECRET, "jwt_audience": AUDIENCE, "jwt_issuer": ISSUER}
    return tokens | {"limits": LimitSettings(**given)}


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEFT_LIMIT_SOCKETS", "7")
    assert from_environment().limits.sockets == 7
    assert Settings().limits.sockets == 7


def test_a_limit_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEFT_LIMIT_SOCKETS", "-1")
    with pytest.raises(ConfigError, match=r"^WEFT_LIMIT_SOCKETS is not usable: input should be greater than or equal"):
        from_environment()


async def test_a_viewer_has_so_many_sockets_whatever_they_came_with(db: Database) -> None:
    async with asking(db, settings=limits(sockets=2)) as server:
        anns_key = await server.key(user="ann")
        async with known(server, token()), known(server, anns_key):
            async with opened(server.address) as third:
                await init(third, token=token())
                assert await third.closed() == (1013, TOLD.format("sockets"))
            async with known(server, token(sub="bob")):
                pass
        async with known(server, token()):
            pass
        await wait_until(lambda: len(server.app.doors) == 0)


async def test_those_who_are_trusted_have_as_many_as_they_need(db: Database) -> None:
    async with asking(db, settings=limits(sockets=1)) as server:
        key = await server.key("service")
        async with known(server, key), known(server, key):
            pass


async def test_a_viewer_has_so_many_open_responses_of_either_kind(db: Database) -> None:
    async with asking(db, settings=limits(streams=2)) as server:
        thread = await server.thread(token())
        body = {"query": EVENTS, "variables": {"thread": thread}}
        headers = STREAMS | bearer(token())
        request: dict[str, Any] = {"json": body, "headers": headers}
        async with (
            server.http.stream("POST", "/graphql", **request) as one,
            server.http.stream("POST", "/graphql", **request) as two,
        ):
            assert one.status_code == two.status_code == 200
            refused = await server.http.post("/graphql", **request)
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "1"
            (error,) = refused.json()["errors"]
            assert (error["message"], error["extensions"]["code"]) == (TOLD.format("streams"), "THROTTLED")
            chat = {"id": "c", "messages": [{"id": "m", "role": "user", "parts": [{"type": "text", "text": "Hi"}]}]}
            refused = await server.http.post("/ai/chat", json=chat, headers=bearer(token()))
            assert (refused.status_code, refused.json()["error"]["code"]) == (429, "RATE_LIMITED")
            assert (await server.told("{ threads { edges { cursor } } }", by=token()))["threads"]["edges"][1:] == []
        await wait_until(lambda: len(server.app.doors) == 0)
        async with server.http.stream("POST", "/graphql", **request) as again:
            assert again.status_code == 200


async def test_a_viewer_has_so_many_answers_under_way(db: Database) -> None:
    async with asking(db, settings=limits(generations=1), work=False) as server:
        first, second = [await server.thread(token()) for _ in range(2)]
        await server.told(SEND, by=token(), input={"threadId": first, "prompt": "Hi"})
        payload = (await server.told(SEND, by=token(), input={"threadId": second, "prompt": "Hi"}))["sendMessage"]
        assert payload["sentMessage"] is None
        (error,) = payload["userErrors"]
        assert (error["__typename"], error["code"], error["name"]) == ("RateLimitError", "RATE_LIMITED", "generations")
        assert error["retryAfterMs"] > 0
        assert error["retryAt"] > "2026"
        assert "at most 1 answers" in error["errorMessage"]
        chat = {"id": second, "messages": [{"id": "m", "role": "user", "parts": [{"type": "text", "text": "Hi"}]}]}
        refused = await server.http.post("/ai/chat", json=chat, headers=bearer(token()))
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
        theirs = await server.key("service")
        payload = (await server.told(SEND, by=theirs, input={"threadId": second, "prompt": "Hi"}))["sendMessage"]
        assert payload["userErrors"] == []


async def test_bodies_and_frames_have_their_sizes(db: Database) -> None:
    async with asking(db, settings=limits(body_bytes=2000, chat_body_bytes=3000, frame_bytes=1024)) as server:
        refused = await server.ask(NEW_THREAD, by=token(), input={"title": "x" * 2000})
        assert refused.status_code == 413
        assert refused.json()["errors"][0]["message"] == "The body is larger than 2000 bytes"
        refused = await server.http.post("/ai/chat", json={"id": "x" * 3000}, headers=bearer(token()))
        assert refused.status_code == 413
        assert "larger than 3000 bytes" in refused.json()["error"]["message"]
        async with known(server, token()) as client:
            await client.send({"type": "ping", "payload": {"x": "y" * 1024}})
            assert (await client.closed())[0] == 1009


async def test_operations_and_documents_have_their_limits(db: Database) -> None:
    tight = limits(operations=1, document_depth=3, document_directives=1, cost=10)
    async with asking(db, settings=tight) as server:
        for query, says in (
            ("{ threads(first: 11) { edges { cursor } } }", "the limit is 10"),
            ("{ threads(first: 1) { edges { node { id } } } }", "depth, 4, exceeds the limit of 3"),
            ("{ viewer @skip(if: false) @include(if: true) { userId } }", "directives, 2, exceeds the limit of 1"),
        ):
            (error,) = (await server.ask(query, by=token())).json()["errors"]
            assert says in error["message"]
            assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
        thread = await server.thread(token())
        async with known(server, token()) as client:
            await client.subscribe("1", EVENTS, thread=thread)
            await client.subscribe("2", "{ viewer { userId } }")
            refused = await client.receive()
            assert refused["payload"][0]["extensions"]["code"] == "THROTTLED"
            assert "At most 1 operations" in refused["payload"][0]["message"]

"""Who asks over HTTP: told before anything else of a request is looked at, or refused."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

import httpx2
import pytest
from tests.identity.issuer import SECRET, token
from tests.identity.world import EVENTS, WHO, Server, asking, bearer

from weft import Credentials, Viewer
from weft.errors import UnavailableError
from weft.storage.types import Database
from weft.threads.clock import utc_now

ANN = Viewer("ann", ("user",))


async def test_a_token_or_a_key_says_who_asks(server: Server) -> None:
    key = await server.key("service")
    assert (await server.told(by=token(sub="bob")))["viewer"] == {"userId": "bob", "scopes": ["user"]}
    assert (await server.told(by=key))["viewer"] == {"userId": None, "scopes": ["service"]}
    response = await server.http.post("/graphql", json={"query": WHO}, headers={"x-api-key": key})
    assert response.json()["data"]["viewer"]["scopes"] == ["service"]
    response = await server.http.get("/graphql", params={"query": WHO}, headers=bearer(key))
    assert response.json()["data"]["viewer"]["scopes"] == ["service"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": f"Basic {token()}"},
        {"authorization": token()},
        {"authorization": "Bearer weft_nobody"},
        {"authorization": f"Bearer {token('another secret that is long enough')}"},
        {"authorization": f"Bearer {token(exp=1)}"},
        {"authorization": "Bearer \xff\xfe"},
        {"x-api-key": "weft_nobody"},
        {"x-api-key": token()},
        {"cookie": f"token={token()}"},
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "text/event-stream"])
async def test_whoever_is_not_known_is_told_so_and_nothing_else(
    server: Server, headers: dict[str, str], accept: str
) -> None:
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in (headers | {"accept": accept}).items()]
    response = await server.http.post("/graphql", json={"query": WHO}, headers=encoded)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="weft"'
    (error,) = response.json()["errors"]
    assert error == {
        "message": "Who are you? Send a token or an API key that is good",
        "extensions": {"code": "UNAUTHENTICATED"},
    }


async def test_nothing_of_a_strangers_request_is_looked_at(server: Server) -> None:
    odd: list[dict[str, Any]] = [
        {"content": b"not json", "headers": {"content-type": "application/json"}},
        {"content": b"x", "headers": {"content-type": "text/plain"}},
        {"json": {"query": "{ nothing }"}},
        {"json": {"query": "{"}},
        {"json": {"query": "{ __schema { types { name } } }"}},
    ]
    for given in odd:
        assert (await server.http.post("/graphql", **given)).status_code == 401
    assert (await server.http.put("/graphql")).status_code == 401
    assert (await server.http.get("/graphql", params={"query": WHO})).status_code == 401


async def test_a_strangers_endless_body_is_not_read(server: Server) -> None:
    sent = 0

    async def endless() -> AsyncGenerator[bytes, None]:
        nonlocal sent
        while sent < 100_000_000:
            sent += 65536
            yield b"x" * 65536

    try:
        response = await server.http.post("/graphql", content=endless(), headers={"content-type": "application/json"})
        assert response.status_code == 401
    except httpx2.TransportError:
        pass  # the server has hung up on it
    assert sent < 100_000_000


async def test_pages_and_health_are_for_everybody(server: Server) -> None:
    for path in ("/", "/healthz", "/readyz"):
        assert (await server.http.get(path)).status_code in (200, 503)


async def test_users_have_their_own_threads_whatever_they_came_with(server: Server) -> None:
    ann, bob, key = token(sub="ann"), token(sub="bob"), await server.key(user="ann")
    thread = await server.thread(ann, title="Mine")
    asked = "query($id: ID!) { thread(id: $id) { title userId } }"
    assert (await server.told(asked, by=ann, id=thread))["thread"] == {"title": "Mine", "userId": "ann"}
    assert (await server.told(asked, by=key, id=thread))["thread"] == {"title": "Mine", "userId": "ann"}
    assert (await server.told(asked, by=bob, id=thread))["thread"] is None
    assert await server.code("query { threads(filter: {userId: 7}) { edges { cursor } } }", by=bob)


async def test_a_thread_of_nobody_is_the_keys_that_made_it(server: Server) -> None:
    mine, other = await server.key(), await server.key()
    thread = await server.thread(mine)
    asked = "query($id: ID!) { thread(id: $id) { userId } }"
    assert (await server.told(asked, by=mine, id=thread))["thread"] == {"userId": None}
    assert (await server.told(asked, by=other, id=thread))["thread"] is None


async def test_a_subscription_over_http_is_for_those_who_may(server: Server) -> None:
    thread = await server.thread(token(sub="ann"))
    asked = {"query": EVENTS, "variables": {"thread": thread}}
    headers = {"accept": "text/event-stream"}
    assert (await server.http.post("/graphql", json=asked, headers=headers)).status_code == 401
    async with server.http.stream(
        "POST", "/graphql", json=asked, headers=headers | bearer(token(sub="bob"))
    ) as response:
        assert response.status_code == 200
        told = (await response.aread()).decode()
    assert "NOT_FOUND" in told


# ---------------------------------------------------------------- an application's own function


async def test_an_applications_function_says_who_asks(db: Database) -> None:
    seen: list[Credentials] = []

    def by_cookie(credentials: Credentials) -> Viewer | None:
        seen.append(credentials)
        return ANN if credentials.headers.get("cookie") == "session=good" else None

    async with asking(db, settings={"auth": None}, authenticate=by_cookie) as server:
        good = await server.http.post("/graphql", json={"query": WHO}, headers={"cookie": "session=good"})
        assert good.json()["data"]["viewer"] == {"userId": "ann", "scopes": ["user"]}
        assert (await server.ask()).status_code == 401
        assert (await server.ask(by="a token")).status_code == 401
        assert seen[-1].token == "a token"
        key = await server.key("service")
        assert (await server.told(by=key))["viewer"]["scopes"] == ["service"]
        assert len(seen) == 3  # API keys are Weft's own


async def test_what_goes_wrong_in_the_function_is_no_way_in_and_its_words_are_not_logged(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[Any] = []

    async def own(_: Credentials) -> Any:
        answer: Any = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with asking(db, authenticate=own) as server:
        odd: Any = 7
        broken: list[Any] = [RuntimeError(f"bad: {SECRET}"), KeyError("x"), UnavailableError("later"), "ann", True, {}]
        broken += [Viewer(""), Viewer(" "), Viewer(odd), Viewer("ann", expires_at=datetime(2100, 1, 1))]
        for answer in broken:
            answers.append(answer)
            response = await server.ask(by=SECRET)
            assert response.status_code == 503
            assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert "RuntimeError" in caplog.text
        assert SECRET not in caplog.text
        for answer in (None, Viewer("ann", ("user",), None, utc_now())):
            answers.append(answer)
            assert (await server.ask()).status_code == 401


async def test_a_function_that_does_not_come_back_is_waited_for_only_so_long(db: Database) -> None:
    async def stuck(_: Credentials) -> Viewer:
        await asyncio.Event().wait()
        return ANN

    async with asking(db, authenticate=stuck) as server:
        assert server.app.authentication is not None
        server.app.authentication.deadline = 0.05
        assert (await server.ask()).status_code == 503


async def test_an_applications_rule_decides_who_may(db: Database) -> None:
    def authorize(viewer: Viewer, action: Any, thread: Any) -> bool | None:
        return True if thread.title == "Open to all" else None

    settings = {"jwt_secret": SECRET}
    async with asking(db, settings=settings, authorize=authorize) as server:
        ann, bob = token(aud=None), token(aud=None, sub="bob")
        opened, closed = await server.thread(ann, title="Open to all"), await server.thread(ann)
        asked = "query($id: ID!) { thread(id: $id) { userId } }"
        assert (await server.told(asked, by=bob, id=opened))["thread"] == {"userId": "ann"}
        assert (await server.told(asked, by=bob, id=closed))["thread"] is None


async def test_no_log_holds_what_callers_came_with(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = await server.key("service")
    for credential in (token(), key, token("another secret that is long enough"), key[:-2] + "zz"):
        await server.ask(by=credential)
        assert credential not in caplog.text
        assert credential[-20:] not in caplog.text

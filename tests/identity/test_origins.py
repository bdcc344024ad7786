"""Pages of other sites are kept out of HTTP, sockets and streams, but for those that are named; and what browsers are
told with every response."""

from typing import Any

import httpx2
import pytest
from tests.identity.issuer import AUDIENCE, ISSUER, SECRET, token
from tests.identity.world import EVENTS, WHO, Server, asking, bearer
from tests.protocol.client import opened
from websockets.exceptions import InvalidStatus

from weft.errors import ConfigError
from weft.settings import from_environment
from weft.storage.types import Database

APP, EVIL = "https://app.example.com", "https://evil.example"
TOKENS: dict[str, Any] = {"jwt_secret": SECRET, "jwt_audience": AUDIENCE, "jwt_issuer": ISSUER}
OPEN = TOKENS | {"allowed_origins": f"{APP}, https://two.example.com:8443"}
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-apollo-operation-name",
}
PATHS = ["/graphql", "/ai/chat", "/ai/chat/c/stream", "/ai/chat/c/stop"]


def allows(response: httpx2.Response) -> str | None:
    """The origin whose pages may read it."""
    return response.headers.get("access-control-allow-origin")


@pytest.mark.parametrize("path", PATHS)
async def test_no_page_of_another_site_is_let_in_by_default(server: Server, path: str) -> None:
    asked = await server.http.options(path, headers=PREFLIGHT | {"origin": APP})
    assert asked.status_code == 405
    assert allows(asked) is None
    answer = await server.http.post(path, json={"query": WHO}, headers=bearer(token()) | {"origin": APP})
    assert allows(answer) is None


@pytest.mark.parametrize("path", PATHS)
async def test_pages_of_named_sites_are_and_of_no_others(db: Database, path: str) -> None:
    async with asking(db, settings=OPEN) as server:
        asked = await server.http.options(path, headers=PREFLIGHT | {"origin": APP})
        assert (asked.status_code, allows(asked)) == (200, APP)
        assert "authorization" in asked.headers["access-control-allow-headers"]
        assert asked.headers["access-control-allow-methods"] == "GET, POST"
        for origin in (EVIL, "null", "http://app.example.com", APP + ".evil.example", APP + ":444"):
            asked = await server.http.options(path, headers=PREFLIGHT | {"origin": origin})
            assert asked.status_code == 400
            assert allows(asked) is None
            answer = await server.http.post(path, json={"query": WHO}, headers={"origin": origin})
            assert allows(answer) is None
        answer = await server.http.post(path, json={"query": WHO}, headers={"origin": APP})
        assert allows(answer) == APP
        assert "Origin" in answer.headers["vary"]
        assert "x-weft-thread-id" in answer.headers["access-control-expose-headers"]


async def test_streams_are_open_to_the_same_sites(db: Database) -> None:
    async with asking(db, settings=OPEN) as server:
        thread = await server.thread(token())
        body = {"query": EVENTS, "variables": {"thread": thread}}
        for accept in ("text/event-stream", "multipart/mixed;subscriptionSpec=1.0"):
            for origin, allowed in ((APP, APP), (EVIL, None)):
                headers = {"accept": accept, "origin": origin} | bearer(token())
                async with server.http.stream("POST", "/graphql", json=body, headers=headers) as response:
                    assert (response.status_code, allows(response)) == (200, allowed)


async def test_so_are_sockets(db: Database) -> None:
    async with asking(db, settings=OPEN) as server:
        async with opened(server.address, origin=APP), opened(server.address, origin=f"http://{server.address}"):
            pass
        for origin in (EVIL, "null"):
            with pytest.raises(InvalidStatus):
                async with opened(server.address, origin=origin):
                    pass


async def test_a_page_of_a_named_site_may_query_by_get_and_stop_an_answer(db: Database) -> None:
    async with asking(db, settings=OPEN) as server:
        await server.http.post("/ai/chat", json=CHAT, headers=bearer(token()))
        for sent, welcome in (
            ({"origin": APP, "sec-fetch-site": "cross-site"}, True),
            ({"origin": EVIL, "sec-fetch-site": "cross-site"}, False),
            ({"sec-fetch-site": "same-site"}, False),
            ({"origin": EVIL}, False),
            ({"origin": "null"}, False),
            ({"origin": f"http://{server.address}", "sec-fetch-site": "same-origin"}, True),
            ({"origin": "http://public.example", "sec-fetch-site": "same-origin"}, True),
            ({}, True),
        ):
            headers = sent | bearer(token())
            got = await server.http.get("/graphql", params={"query": WHO}, headers=headers)
            stopped = await server.http.post("/ai/chat/c/stop", headers=headers)
            assert got.status_code == stopped.status_code == (200 if welcome else 403), sent


CHAT = {"id": "c", "messages": [{"id": "m", "role": "user", "parts": [{"type": "text", "text": "Hi"}]}]}


@pytest.mark.parametrize("path", ["/graphql", "/ai/chat"])
@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_what_a_form_of_any_page_can_send_changes_nothing(server: Server, path: str, kind: str | None) -> None:
    headers = bearer(token()) | ({} if kind is None else {"content-type": kind})
    body = b'{"query": "mutation { createThread(input: {}) { thread { id } } }"}'
    assert (await server.http.post(path, content=body, headers=headers)).status_code == 415


async def test_a_mutation_by_get_is_refused(server: Server) -> None:
    query = "mutation { createThread(input: {}) { thread { id } } }"
    assert (await server.http.get("/graphql", params={"query": query}, headers=bearer(token()))).status_code == 405


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/nothing", 404),
        ("GET", "/assets/nothing.js", 404),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/metrics", 401),
        ("POST", "/graphql", 401),
        ("OPTIONS", "/graphql", 405),
        ("GET", "/ai/chat/c", 401),
        ("DELETE", "/ai/chat", 405),
    ],
)
async def test_every_response_tells_browsers_to_be_careful(server: Server, method: str, path: str, status: int) -> None:
    response = await server.http.request(method, path)
    assert response.status_code == status
    headers = response.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == ("no-cache" if path == "/" else "no-store")


async def test_an_answer_and_a_stream_do_too(server: Server) -> None:
    answer = await server.ask(by=token())
    thread = await server.thread(token())
    body = {"query": EVENTS, "variables": {"thread": thread}}
    headers = {"accept": "text/event-stream"} | bearer(token())
    async with server.http.stream("POST", "/graphql", json=body, headers=headers) as stream:
        for response in (answer, stream):
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers["cache-control"].startswith("no-store")


async def test_so_does_the_answer_to_a_failure_of_the_server_itself(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails() -> list[str]:
        raise RuntimeError("secret")

    monkeypatch.setattr(server.weft, "ready", fails)
    response = await server.http.get("/readyz")
    assert response.status_code == 500
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "secret" not in response.text


async def test_a_page_runs_scripts_of_this_server_and_speaks_to_it_alone(server: Server) -> None:
    policy = (await server.http.get("/")).headers["content-security-policy"]
    rules = {name: rest for name, _, rest in (rule.strip().partition(" ") for rule in policy.split(";"))}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["connect-src"] == f"'self' ws://{server.address} wss://{server.address}"
    for strange in ("a b", "x;script-src *", "x, y", "*"):
        told = await server.http.get("/", headers={"host": strange})
        assert "connect-src 'self';" in told.headers["content-security-policy"]


async def test_only_the_chat_page_may_speak_to_servers_that_the_settings_name(db: Database) -> None:
    named = {"playground_servers": "https://weft.example.com, http://127.0.0.1:9000", "graphiql": "on"}
    async with asking(db, settings=TOKENS | named) as server:
        own = f"connect-src 'self' ws://{server.address} wss://{server.address}"
        page = (await server.http.get("/")).headers["content-security-policy"]
        others = "https://weft.example.com wss://weft.example.com http://127.0.0.1:9000 ws://127.0.0.1:9000"
        assert f"{own} {others};" in page
        assert f"{own};" in (await server.http.get("/graphiql")).headers["content-security-policy"]


@pytest.mark.parametrize(
    "given", ["weft.example.com", "https://*", "https://a.example;script-src", "https://a.example/x"]
)
def test_what_is_no_origin_of_a_server_is_refused_at_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEFT_PLAYGROUND_SERVERS", given)
    with pytest.raises(ConfigError, match="is no origin"):
        from_environment()


async def test_files_of_a_page_are_kept_for_ever_as_their_names_change(server: Server) -> None:
    page = (await server.http.get("/")).text
    path = page.split('src="')[1].split('"')[0]
    file = await server.http.get(path)
    assert file.status_code == 200
    assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "script-src 'self'" in file.headers["content-security-policy"]


@pytest.mark.parametrize(
    "given", ["*", "app.example.com", "https://app.example.com/", "https://*.example.com", "null", "https://A.example"]
)
def test_an_origin_is_exact(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("WEFT_ALLOWED_ORIGINS", f"{APP},{given}")
    with pytest.raises(ConfigError, match=r"^WEFT_ALLOWED_ORIGINS is not usable: .* is no origin"):
        from_environment()

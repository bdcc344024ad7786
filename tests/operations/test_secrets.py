"""What people say and what opens doors is in no log, at any level, and in no answer to anybody else, whatever fails."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx2
import jwt
import pytest_asyncio
from tests.live.server import START_SECONDS, ServerProcess, serving
from tests.operations.secret_app import BROKEN
from tests.protocol.client import opened
from tests.support import wait_until

from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database

SECRET: Final = "markedsecret-" * 4
PROMPT, TITLE, METADATA = "markedprompt-1", "markedtitle-2", "markedmetadata-3"
PROVIDER_KEY, PASSWORD, BAD_TOKEN = "sk-markedprovider-4-0123456789abcdef", "markedpassword-5", "markedtoken-6"
MARK: Final = "marked"
SEND: Final = """mutation($i: SendMessageInput!) { sendMessage(input: $i) {
  generation { id } userErrors { errorMessage } } }"""
STATE: Final = "query($id: ID!) { generation(id: $id) { status error } }"
CREATE: Final = "mutation($i: CreateThreadInput!) { createThread(input: $i) { thread { id } } }"


def token(user: str) -> str:
    return jwt.encode({"sub": user, "exp": 4_000_000_000}, SECRET, "HS256")


class Server:
    """What ann and bob ask of it."""

    def __init__(self, process: ServerProcess, http: httpx2.AsyncClient) -> None:
        self.process = process
        self.http = http
        self.bob_was_told: list[str] = []

    @property
    def logged(self) -> str:
        return self.process.log.read_text()

    async def ask(self, query: str, user: str = "ann", **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        headers = {"authorization": f"Bearer {token(user)}"}
        response = await self.http.post("/graphql", json=body, headers=headers)
        if user == "bob":
            self.bob_was_told.append(f"{response.headers} {response.text}")
        return response.json()

    async def thread(self, **fields: Any) -> str:
        made = await self.ask(CREATE, i=fields)
        return str(made["data"]["createThread"]["thread"]["id"])

    async def failed(self, thread_id: str, agent: str) -> dict[str, Any]:
        """The generation of an answer, when it has ended."""
        given = {"threadId": thread_id, "agentName": agent, "prompt": PROMPT, "metadata": {"x": METADATA}}
        sent = (await self.ask(SEND, i=given))["data"]["sendMessage"]
        found: dict[str, Any] = {}

        async def ended() -> bool:
            found.update((await self.ask(STATE, id=sent["generation"]["id"]))["data"]["generation"])
            return found["status"] in ("FAILED", "SUCCEEDED")

        await wait_until(ended)
        return found


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A provider that refuses, and quotes the whole request."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(
        next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split(b":")[1]
    )
    asked = (head + await reader.readexactly(length)).decode()
    body = json.dumps({"error": {"message": "no", "code": "bad", "asked": asked}}).encode()
    headers = f"HTTP/1.1 400 Bad\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(headers.encode() + body)
    await writer.drain()
    writer.close()


@pytest_asyncio.fixture(loop_scope="session")
async def server(mongod: EmbeddedMongo, db: Database, tmp_path: Path) -> AsyncGenerator[Server, None]:
    provider = await asyncio.start_server(_echo, "127.0.0.1", 0)
    port = provider.sockets[0].getsockname()[1]
    env = {
        "WEFT_MONGODB_URI": mongod.uri,
        "WEFT_DATABASE": db.name,
        "WEFT_JWT_SECRET": SECRET,
        "WEFT_LOG_LEVEL": "debug",
        "OPENAI_API_KEY": PROVIDER_KEY,
        "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
        "MARK_PROMPT": PROMPT,
    }
    command = ("serve", "tests.operations.secret_app:app")
    async with provider, serving(env, tmp_path / "log", *command) as process, httpx2.AsyncClient(timeout=20) as http:
        http.base_url = process.base
        yield Server(process, http)


async def answers_that_fail(server: Server) -> str:
    thread = await server.thread(title=TITLE, metadata={"x": METADATA})
    for agent in ("provider", "quoting", "tools"):
        generation = await server.failed(thread, agent)
        assert PROVIDER_KEY not in str(generation)
        assert SECRET not in str(generation)
    return thread


async def requests_that_are_refused(server: Server) -> None:
    http, ann = server.http, {"authorization": f"Bearer {token('ann')}"}
    as_json = {"content-type": "application/json"}
    await http.post("/graphql", content=f'{{"query": "{PROMPT}', headers=ann | as_json)
    await server.ask(f"{{ {PROMPT} {{")
    await server.ask(f'{{ thread(id: "{PROMPT}") {{ nonsense }} }}')
    await server.ask(CREATE, i={"title": {"not": [TITLE]}})
    await server.ask(CREATE, i={"title": TITLE, "metadata": METADATA * 5000})
    await server.ask(SEND, i={"threadId": TITLE, "prompt": PROMPT, "agentName": PROMPT})
    with suppress(httpx2.TransportError):  # the server hangs up on who goes on talking
        await http.post("/graphql", content=PROMPT.encode() * 400_000, headers=ann | as_json)
    await http.post("/ai/chat", content=f'{{"id": "{PROMPT}"', headers=ann | as_json)
    await http.get(f"/{PROMPT}?token={BAD_TOKEN}")
    for bad in (BAD_TOKEN, token("ann") + BAD_TOKEN, f"weft_{BAD_TOKEN}"):
        for header in ("authorization", "x-api-key"):
            answer = await http.get("/graphql?query={viewer{userId}}", headers={header: f"Bearer {bad}"})
            assert answer.status_code == 401
            assert MARK not in answer.text


async def sockets_that_are_closed(server: Server) -> None:
    address = server.process.base.removeprefix("http://")
    for frames in (
        [{"type": "connection_init", "payload": {"token": BAD_TOKEN}}],
        [{"type": PROMPT}],
        [
            {"type": "connection_init", "payload": {"token": token("ann")}},
            {"type": "subscribe", "id": "1", "payload": {"query": f"{{ {PROMPT} }}"}},
            {"type": "subscribe", "id": PROMPT, "payload": {"query": 7}},
        ],
    ):
        async with opened(address) as client:
            for frame in frames:
                await client.send(frame)
            while True:
                try:
                    await client.receive()
                except Exception:
                    break


async def rules_that_fail(server: Server) -> None:
    thread = await server.thread(title=f"{BROKEN} {TITLE}", metadata={"x": METADATA})
    for user in ("ann", "bob"):
        errors = (await server.ask("query($id: ID!) { thread(id: $id) { title } }", user, id=thread))["errors"]
        assert errors[0]["message"] == "Internal error"
        assert errors[0]["extensions"]["errorId"] in server.logged
        answer = await server.http.get(f"/ai/chat/{thread}", headers={"authorization": f"Bearer {token(user)}"})
        assert answer.status_code == 500
        assert answer.json()["error"]["errorId"] in server.logged
        server.bob_was_told.append(answer.text)


async def what_bob_tries(server: Server, thread: str) -> None:
    for query in (
        "query($id: ID!) { thread(id: $id) { title } }",
        "query($id: ID!) { node(id: $id) { id } }",
        "query($id: ID!) { threads { edges { node { title metadata } } } node(id: $id) { id } }",
        "mutation($id: ID!) { updateThread(input: {threadId: $id, title: \"x\"}) { userErrors { errorMessage } } }",
        "query($id: ID!) { agents { name instructions tools { name } } node(id: $id) { id } }",
    ):  # fmt: skip
        await server.ask(query, "bob", id=thread)
    for path in (f"/ai/chat/{thread}", f"/ai/chat/{thread}/stream"):
        answer = await server.http.get(path, headers={"authorization": f"Bearer {token('bob')}"})
        server.bob_was_told.append(answer.text)


async def test_no_log_and_no_stranger_is_told_what_was_said_or_what_opens_doors(server: Server) -> None:
    thread = await answers_that_fail(server)
    await requests_that_are_refused(server)
    await sockets_that_are_closed(server)
    await rules_that_fail(server)
    await what_bob_tries(server, thread)
    assert (await server.http.get("/metrics")).status_code == 401
    assert await server.process.stop() == 0
    told = [line for line in server.logged.splitlines() if MARK in line]
    assert told == []
    assert "QuotingError" in server.logged
    assert '"level":"debug"' in server.logged
    assert [answer for answer in server.bob_was_told if MARK in answer] == []
    assert len(server.bob_was_told) == 10


UNREACHABLE: Final = {
    "silent": f"mongodb://weft:{PASSWORD}@127.0.0.1:1/",
    "no port": f"mongodb://weft:{PASSWORD}@127.0.0.1:port/",
    "no host": f"mongodb://weft:{PASSWORD}/x@127.0.0.1/",
    "no mongodb": f"postgres://weft:{PASSWORD}@127.0.0.1/",
}


async def test_the_password_of_a_database_is_not_told_when_it_cannot_be_reached(tmp_path: Path) -> None:
    """Neither by the command nor in its log."""

    async def refused(name: str, uri: str) -> None:
        env = {"WEFT_MONGODB_URI": uri, "WEFT_LOG_LEVEL": "debug"}
        server = await ServerProcess.start(env, tmp_path / name, "serve", "tests.live.apps:app")
        try:
            async with asyncio.timeout(START_SECONDS):
                said, _ = await server.process.communicate()
        finally:
            if server.process.returncode is None:
                await server.kill()
        assert server.process.returncode == 1
        assert "weft: " in server.log.read_text()
        assert PASSWORD not in said.decode() + server.log.read_text()

    await asyncio.gather(*(refused(name, uri) for name, uri in UNREACHABLE.items()))

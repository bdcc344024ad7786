"""Weft as one of the measured: GraphQL over HTTP and graphql-transport-ws. Its settings are the default but for one.

With `throttleMs: 0` every text of the model is a delta at once, as with all the others.
"""

import json
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fanout import CREATE, EVENTS
from benchmarks.list50 import LIST
from benchmarks.peers.follower import Line, text_frame
from benchmarks.peers.peer import post, raw, raw_json
from benchmarks.peers.processes import free_port, serving
from benchmarks.servers import DATABASE, ROOT, mongo

SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { userErrors { errorMessage } } }"
_STAMP = re.compile(rb"@(\d{16})@")
_UPGRADE = {
    "upgrade": "websocket",
    "connection": "Upgrade",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-version": "13",
    "sec-websocket-protocol": "graphql-transport-ws",
}


@dataclass(frozen=True, slots=True)
class Weft:
    """Its own server."""

    port: int
    pid: int
    name: str = "weft"
    early: bool = True
    run: re.Pattern[bytes] = re.compile(rb'"userErrors":(\[\])')
    cursor: re.Pattern[bytes] = re.compile(rb'"c":"([^"]+)"')

    async def thread(self) -> str:
        return str((await self.call(CREATE))["createThread"]["thread"]["id"])

    def said(self, thread: str, asked: str) -> bytes:
        sending = {"threadId": thread, "agentName": "fake", "prompt": asked, "options": {"throttleMs": 0}}
        return raw_json(self.port, "/graphql", {"query": SEND, "variables": {"input": sending}})

    def ask(self, thread: str, asked: str) -> Line | None:
        return None

    def watch(self, thread: str, run: str) -> Line:
        return self._follow(EVENTS % "Watch", id=thread)

    def resume(self, thread: str, run: str, cursor: bytes) -> Line:
        events = (EVENTS % "Resume").replace("$id: ID!", "$id: ID!, $after: String")
        events = events.replace("threadId: $id", "threadId: $id, after: $after")
        return self._follow(events, id=thread, after=cursor.decode())

    def late(self, thread: str, run: str) -> Line:
        return self.watch(thread, run)

    def listing(self, thread: str) -> bytes:
        return raw_json(self.port, "/graphql", {"query": LIST, "variables": {"id": thread}})

    async def call(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation. Raises RuntimeError when it has errors."""
        body = await post(self.port, "/graphql", {"query": query, "variables": variables})
        if "errors" in body:
            raise RuntimeError(body["errors"])
        return dict(body["data"])

    def _follow(self, query: str, **variables: str) -> Line:
        asked = {"type": "subscribe", "id": "1", "payload": {"query": query, "variables": variables}}
        return Line(
            messages=(
                raw(self.port, "GET", "/graphql", headers=_UPGRADE),
                text_frame(b'{"type":"connection_init"}'),
                text_frame(json.dumps(asked).encode()),
            ),
            markers=(b"", b"\r\n\r\n", b"connection_ack"),
            ready=b"connection_ack",
            stamp=_STAMP,
        )


@asynccontextmanager
async def running(root: Path, logs: Path, env: dict[str, str]) -> AsyncGenerator[Weft, None]:
    """On the mongod it brings, in a temporary directory."""
    del root
    async with mongo() as uri:
        port = free_port()
        bare = {name: value for name, value in env.items() if not name.startswith("WEFT_")}
        settings = {"WEFT_MONGODB_URI": uri, "WEFT_DATABASE": DATABASE, "WEFT_PORT": str(port)}
        command = (sys.executable, "-m", "weft", "serve", "benchmarks.peers.servers.weft_server:app")
        async with serving(command, port, logs / "weft.log", ROOT, bare | settings) as pid:
            yield Weft(port, pid)

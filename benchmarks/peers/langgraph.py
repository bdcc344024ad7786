"""LangGraph’s development server, which keeps all in memory; the others need a licence. Both of its protocols."""

import json
import re
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.follower import Line
from benchmarks.peers.peer import ONE_STAMP, post, raw, raw_json
from benchmarks.peers.processes import free_port, serving


@dataclass(frozen=True, slots=True)
class LangGraph:
    """Its server, by runs and server-sent events that can be resumed by their ids."""

    port: int
    pid: int
    name: str = "langgraph"
    early: bool = True
    run: re.Pattern[bytes] = re.compile(rb'"run_id":"([^"]+)"')
    cursor: re.Pattern[bytes] = re.compile(rb"^id: (\d+-\d+)", re.MULTILINE)

    async def thread(self) -> str:
        return str((await post(self.port, "/threads", {}))["thread_id"])

    def said(self, thread: str, asked: str) -> bytes:
        return raw_json(self.port, f"/threads/{thread}/runs", _run(asked))

    def ask(self, thread: str, asked: str) -> Line | None:
        return Line((raw_json(self.port, f"/threads/{thread}/runs/stream", _run(asked)),), ONE_STAMP)

    def watch(self, thread: str, run: str) -> Line:
        return Line((raw(self.port, "GET", f"/threads/{thread}/stream"),), ONE_STAMP)

    def resume(self, thread: str, run: str, cursor: bytes) -> Line:
        request = raw(
            self.port, "GET", f"/threads/{thread}/runs/{run}/stream", headers={"last-event-id": cursor.decode()}
        )
        return Line((request,), ONE_STAMP)

    def late(self, thread: str, run: str) -> Line:
        """From the beginning, which is named `-`; without it only the rest comes."""
        return Line((raw(self.port, "GET", f"/threads/{thread}/stream", headers={"last-event-id": "-"}),), ONE_STAMP)

    def listing(self, thread: str) -> bytes:
        return raw(self.port, "GET", f"/threads/{thread}/state")


@dataclass(frozen=True, slots=True)
class LangGraph2:
    """The same server by its event streaming protocol (v2)."""

    port: int
    pid: int
    name: str = "langgraph-v2"
    early: bool = True
    run: re.Pattern[bytes] = re.compile(rb'"run_id":"([^"]+)"')
    cursor: re.Pattern[bytes] = re.compile(rb'"seq":(\d+)')

    async def thread(self) -> str:
        return str((await post(self.port, "/threads", {}))["thread_id"])

    def said(self, thread: str, asked: str) -> bytes:
        command = {"id": 1, "method": "run.start", "params": {"assistant_id": "agent", "input": _input(asked)}}
        return raw_json(self.port, f"/threads/{thread}/commands", command)

    def ask(self, thread: str, asked: str) -> Line | None:
        return None

    def watch(self, thread: str, run: str) -> Line:
        return self._events(thread, {})

    def resume(self, thread: str, run: str, cursor: bytes) -> Line:
        return self._events(thread, {"since": json.loads(cursor)})

    def late(self, thread: str, run: str) -> Line:
        return self.watch(thread, run)

    def listing(self, thread: str) -> bytes:
        return raw(self.port, "GET", f"/threads/{thread}/state")

    def _events(self, thread: str, since: dict[str, Any]) -> Line:
        body = {"channels": ["messages"], **since}
        return Line((raw_json(self.port, f"/threads/{thread}/stream/events", body),), ONE_STAMP)


def _input(asked: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": asked}]}


def _run(asked: str) -> dict[str, Any]:
    modes = {"stream_mode": ["messages-tuple"], "stream_resumable": True}
    return {"assistant_id": "agent", "input": _input(asked), **modes}


@asynccontextmanager
async def _serving(root: Path, logs: Path, env: dict[str, str]) -> AsyncGenerator[tuple[int, int], None]:
    shutil.rmtree(root / "servers/langgraph/.langgraph_api", ignore_errors=True)  # what an earlier run has kept
    port = free_port()
    command = (
        root / "langgraph/bin/langgraph", "dev", "--no-browser", "--no-reload", "--port", str(port),
        "--n-jobs-per-worker", "10", "--server-log-level", "error",
    )  # fmt: skip
    settings = {"LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1", "PYTHONPATH": str(root / "servers")}
    async with serving(command, port, logs / "langgraph.log", root / "servers/langgraph", env | settings) as pid:
        yield port, pid


@asynccontextmanager
async def running(root: Path, logs: Path, env: dict[str, str]) -> AsyncGenerator[LangGraph, None]:
    """Runs and their streams."""
    async with _serving(root, logs, env) as (port, pid):
        yield LangGraph(port, pid)


@asynccontextmanager
async def running_v2(root: Path, logs: Path, env: dict[str, str]) -> AsyncGenerator[LangGraph2, None]:
    """Events and commands."""
    async with _serving(root, logs, env) as (port, pid):
        yield LangGraph2(port, pid)

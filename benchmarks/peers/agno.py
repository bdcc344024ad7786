"""Agno's AgentOS on SQLite. Viewers follow a run that was started with `background=true`; they must know its id."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from benchmarks.peers.follower import Line
from benchmarks.peers.peer import ONE_STAMP, raw, raw_form
from benchmarks.peers.processes import free_port, serving

_RUNS = "/agents/fake/runs"


@dataclass(frozen=True, slots=True)
class Agno:
    """Its server."""

    port: int
    pid: int
    name: str = "agno"
    early: bool = False
    run: re.Pattern[bytes] = re.compile(rb'"run_id":"([^"]+)"')
    cursor: re.Pattern[bytes] = re.compile(rb'"event_index":(\d+)')

    async def thread(self) -> str:
        return str(uuid4())

    def said(self, thread: str, asked: str) -> bytes:
        return self._form(thread, asked, background="true")

    def ask(self, thread: str, asked: str) -> Line | None:
        return Line((self._form(thread, asked),), ONE_STAMP)

    def watch(self, thread: str, run: str) -> Line:
        return Line((raw_form(self.port, f"{_RUNS}/{run}/resume", session_id=thread),), ONE_STAMP)

    def resume(self, thread: str, run: str, cursor: bytes) -> Line:
        fields = {"session_id": thread, "last_event_index": cursor.decode()}
        return Line((raw_form(self.port, f"{_RUNS}/{run}/resume", **fields),), ONE_STAMP)

    def late(self, thread: str, run: str) -> Line:
        return self.watch(thread, run)

    def listing(self, thread: str) -> bytes:
        return raw(self.port, "GET", f"/sessions/{thread}/runs?type=agent&limit=25")

    def _form(self, thread: str, asked: str, **fields: str) -> bytes:
        told = {"message": asked, "stream": "true", "session_id": thread, "user_id": "u1"}
        return raw_form(self.port, _RUNS, **told, **fields)


@asynccontextmanager
async def running(root: Path, logs: Path, env: dict[str, str]) -> AsyncGenerator[Agno, None]:
    """With a database that is empty."""
    port = free_port()
    command = (root / "agno/bin/uvicorn", "agno_server:app", "--port", str(port), "--log-level", "warning")
    settings = {"AGNO_TELEMETRY": "false", "PYTHONPATH": str(root / "servers")}
    async with serving(command, port, logs / "agno.log", root / "servers", env | settings) as pid:
        yield Agno(port, pid)

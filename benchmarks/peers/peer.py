"""What the loads need of a peer: how to ask, to watch, to come back and to list, each as a request of its own API."""

import json
import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx2

from benchmarks.peers.follower import Line

ONE_STAMP = re.compile(rb'"@(\d{16})@ "')
"""A delta's text as a JSON string of its own, which the whole answer at the end is not."""


STAMP_BYTES = 19
"""Of a delta's text."""


def prompt(count: int, delay_ms: int) -> str:
    """What the fake model is asked."""
    return json.dumps({"n": count, "delay_ms": delay_ms})


class Peer(Protocol):
    """A running server, and its API."""

    @property
    def name(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def pid(self) -> int: ...

    @property
    def run(self) -> re.Pattern[bytes]:
        """Finds the id of the run in the answer to what was `said`, or what tells that it has begun."""
        ...

    @property
    def cursor(self) -> re.Pattern[bytes] | None:
        """Finds what a viewer that comes back tells the server; None: the API knows no such thing."""
        ...

    @property
    def early(self) -> bool:
        """Viewers can follow a thread before anything is said in it; otherwise they follow a run, once it has begun."""
        ...

    async def thread(self) -> str:
        """A new one."""
        ...

    def said(self, thread: str, asked: str) -> bytes:
        """The request that begins an answer which goes on without the one who asked."""
        ...

    def ask(self, thread: str, asked: str) -> Line | None:
        """The request whose own answer is the stream. None: one follows the thread, and starts."""
        ...

    def watch(self, thread: str, run: str) -> Line:
        """A viewer; `run` is empty where viewers are early."""
        ...

    def resume(self, thread: str, run: str, cursor: bytes) -> Line:
        """A viewer that comes back; without `Peer.cursor`, as one that is new."""
        ...

    def late(self, thread: str, run: str) -> Line:
        """A viewer that comes in the middle and wants all of the answer."""
        ...

    def listing(self, thread: str) -> bytes:
        """The request for the newest 50 messages of 50, or the nearest that the API has."""
        ...


def raw(port: int, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP request."""
    told = {"host": f"127.0.0.1:{port}", "content-type": "application/json", "content-length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (told | dict(headers or {})).items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def raw_json(port: int, path: str, body: Mapping[str, Any]) -> bytes:
    """A whole POST of JSON."""
    return raw(port, "POST", path, json.dumps(body).encode())


def raw_form(port: int, path: str, **fields: str) -> bytes:
    """A whole POST of a form."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    return raw(port, "POST", path, urlencode(fields).encode(), form)


async def post(port: int, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON answer to a JSON body. Raises httpx2.HTTPStatusError when it is refused."""
    async with httpx2.AsyncClient(timeout=60) as http:
        answer = await http.post(f"http://127.0.0.1:{port}{path}", json=dict(body))
        answer.raise_for_status()
        return dict(answer.json())

"""A Weft server in the test's own event loop, and a client that keeps the events it is sent."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.types import ASGIApp
from tests.protocol.world import address, serve
from tests.support import DEADLINE

from weft import Agent, create_app
from weft.agents.weft import Weft
from weft.app import WeftApp
from weft.settings import Settings
from weft.storage.types import Database
from weft.threads.paging import PageRequest
from weft.threads.streams import Chunk


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event that is a chunk."""

    id: str | None
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Events:
    """What a response brought; `done` when it was told to be whole."""

    status: int
    headers: httpx2.Headers
    all: Sequence[Event]
    done: bool
    comments: int = 0

    @property
    def chunks(self) -> list[Chunk]:
        return [event.chunk for event in self.all]

    @property
    def text(self) -> str:
        return "".join(chunk["delta"] for chunk in self.chunks if chunk["type"] == "text-delta")


class Chat:
    """A client of one chat."""

    def __init__(self, http: httpx2.AsyncClient, weft: Weft, id_: str) -> None:
        self.http = http
        self.weft = weft
        self.id = id_

    def body(self, text: str, message_id: str = "m1", **more: Any) -> dict[str, Any]:
        parts = [{"type": "text", "text": text}]
        message = {"id": message_id, "role": "user", "parts": parts}
        return {"id": self.id, "messages": [message], "trigger": "submit-message"} | more

    async def post(self, body: Any, *, count: int | None = None) -> Events:
        """Posts, and reads the answer to its end, or up to so many events."""
        async with self.http.stream("POST", "/ai/chat", json=body) as response:
            return await read(response, count)

    async def send(self, text: str, message_id: str = "m1", **more: Any) -> Events:
        return await self.post(self.body(text, message_id, **more))

    async def resume(self, after: str | None = None, *, count: int | None = None, header: bool = False) -> Events:
        params = {} if after is None or header else {"after": after}
        headers = {"Last-Event-ID": after} if after is not None and header else {}
        url = f"/ai/chat/{self.id}/stream"
        async with self.http.stream("GET", url, params=params, headers=headers) as response:
            return await read(response, count)

    async def messages(self) -> list[dict[str, Any]]:
        response = await self.http.get(f"/ai/chat/{self.id}")
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()
        return found

    async def stop(self, **body: Any) -> list[str]:
        response = await self.http.post(f"/ai/chat/{self.id}/stop", json=body or None)
        assert response.status_code == 200, response.text
        stopped: list[str] = response.json()["stopped"]
        return stopped

    async def thread_id(self) -> str:
        if self.id.startswith("thr_"):
            return self.id
        thread = await self.weft.store.threads.by_client_id(None, None, self.id)
        assert thread is not None
        return thread.id

    async def stored(self) -> list[dict[str, Any]]:
        """What `uiMessages.aiSdk` says."""
        page = await self.weft.messages.ui_page(await self.thread_id(), PageRequest.of(last=100))
        return [json.loads(json.dumps(message.ai_sdk())) for message in page.nodes]


async def read(response: httpx2.Response, count: int | None = None) -> Events:
    """The events of a response, or its first ones."""
    events: list[Event] = []
    id_: str | None = None
    comments = 0
    async for line in response.aiter_lines():
        if line.startswith("id: "):
            id_ = line[4:]
        elif line.startswith(":"):
            comments += 1
        elif line == "data: [DONE]":
            return Events(response.status_code, response.headers, events, True, comments)
        elif line.startswith("data: "):
            events.append(Event(id_, json.loads(line[6:])))
            id_ = None
            if count is not None and len(events) == count:
                break
    return Events(response.status_code, response.headers, events, False, comments)


@dataclass(frozen=True, slots=True)
class Server:
    weft: Weft
    http: httpx2.AsyncClient
    base: str

    def chat(self, id_: str = "chat-1") -> Chat:
        return Chat(self.http, self.weft, id_)

    async def new_chat(self) -> Chat:
        return self.chat((await self.weft.threads.create()).id)


@asynccontextmanager
async def serving(db: Database, *agents: Agent, work: bool = True) -> AsyncGenerator[Server, None]:
    """A server of these agents on a free port."""
    app = create_app(agents, client=db.client, settings=Settings(database=db.name), work=work)
    async with app.router.lifespan_context(app), serving_app(app, app) as server:
        yield server


@asynccontextmanager
async def serving_app(app: WeftApp, served: ASGIApp) -> AsyncGenerator[Server, None]:
    assert isinstance(served, Starlette)
    async with serve(served) as running:
        base = f"http://{address(running)}"
        async with httpx2.AsyncClient(base_url=base, timeout=DEADLINE) as http:
            yield Server(app.weft, http, base)

"""The floors: the least that any Python server could do. Same uvicorn settings as Weft's, same driver, no GraphQL."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import uvicorn
from pymongo import DESCENDING, AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.stamps import stamped

Doc = dict[str, Any]


class Floors:
    """`sockets` are all viewers; every text goes to each of them."""

    def __init__(self) -> None:
        self._client: AsyncMongoClient[Doc] = AsyncMongoClient(
            os.environ["WEFT_MONGODB_URI"], tz_aware=True, w="majority", journal=True
        )
        self._database: AsyncDatabase[Doc] = self._client[os.environ["WEFT_DATABASE"]]
        self._sockets: dict[WebSocket, None] = {}
        self._producer: asyncio.Task[None] | None = None
        self._waiting: list[Doc] = []
        self._writer: asyncio.Task[None] | None = None

    def app(self) -> Starlette:
        routes = [
            WebSocketRoute("/socket", self._view),
            Route("/broadcast", self._start_broadcast, methods=["POST"]),
            Route("/list/{thread_id}", self._list),
        ]
        return Starlette(routes=routes, lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncGenerator[None, None]:
        following = asyncio.create_task(self._follow())
        yield
        following.cancel()
        await self._client.close()

    async def _view(self, viewer: WebSocket) -> None:
        self._sockets[viewer] = None
        await viewer.accept()
        try:
            while True:
                await viewer.receive_text()
        except WebSocketDisconnect:
            del self._sockets[viewer]

    # ---------------------------------------------------------------- fan-out: ready text to every socket

    async def _start_broadcast(self, request: Request) -> Response:
        body = await request.json()
        say = self._store if body["durable"] else self._send
        self._producer = asyncio.create_task(self._broadcast(body["count"], body["rate"], body["size"], say))
        return Response(b"{}", media_type="application/json")

    async def _broadcast(self, count: int, rate: int, size: int, say: Callable[[str], Awaitable[None]]) -> None:
        clock = asyncio.get_running_loop().time
        start = clock()
        for number in range(count):
            await asyncio.sleep(start + number / rate - clock())
            await say(stamped(time.time_ns(), number, size))

    async def _send(self, text: str) -> None:
        for viewer in list(self._sockets):
            await viewer.send_text(text)

    # ---------------------------------------------------------------- durable first: insert, change stream, sockets

    async def _store(self, text: str) -> None:
        """Returns at once; texts that wait while one is being stored go in together."""
        self._waiting.append({"text": text})
        if self._writer is None:
            self._writer = asyncio.create_task(self._insert())

    async def _insert(self) -> None:
        while self._waiting:
            docs, self._waiting = self._waiting, []
            await self._database["floor"].insert_many(docs)
        self._writer = None

    async def _follow(self) -> None:
        async with await self._database["floor"].watch([{"$match": {"operationType": "insert"}}]) as stream:
            async for change in stream:
                await self._send(change["fullDocument"]["text"])

    # ---------------------------------------------------------------- list: the same find, and JSON

    async def _list(self, request: Request) -> Response:
        query = self._database["messages"].find(
            {"threadId": request.path_params["thread_id"]},
            sort=[("order", DESCENDING), ("stepOrder", DESCENDING)],
            limit=50,
        )
        docs = await query.to_list()
        return Response(orjson.dumps(docs[::-1]), media_type="application/json")


def serve(app: Starlette) -> None:
    """Serves on a free port and prints it."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"Floor http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        app, ws="websockets-sansio", ws_per_message_deflate=False, log_config=None, access_log=False
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    serve(Floors().app())

"""A client that says exactly what a test wants said; every wait has a deadline."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

SUBPROTOCOL = "graphql-transport-ws"
DEADLINE = 40.0


class Client:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def raw(self, frame: str | bytes) -> None:
        await self.socket.send(frame)

    async def receive(self) -> Any:
        async with asyncio.timeout(DEADLINE):
            frame = await self.socket.recv()
        assert isinstance(frame, str), "the protocol's messages are text"
        return json.loads(frame)

    async def closed(self) -> tuple[int, str]:
        """The code and reason the server closes with; whatever it says before is read over."""
        async with asyncio.timeout(DEADLINE):
            try:
                while True:
                    await self.socket.recv()
            except ConnectionClosed as error:
                received = error.rcvd
                return (received.code, received.reason) if received else (1006, "")

    async def init(self) -> None:
        await self.send({"type": "connection_init"})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, id: str, query: str, **variables: Any) -> None:
        await self.send({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def complete(self, id: str) -> None:
        await self.send({"id": id, "type": "complete"})

    async def next(self, id: str) -> Any:
        """The payload of the next message, which must be `next` for this id."""
        message = await self.receive()
        assert (message.get("type"), message.get("id")) == ("next", id), message
        return message["payload"]

    async def quiet(self) -> None:
        """Everything the server had to say before now has been read."""
        await self.send({"type": "ping", "payload": {"quiet": True}})
        assert await self.receive() == {"type": "pong", "payload": {"quiet": True}}


@asynccontextmanager
async def opened(
    address: str, *subprotocols: str, origin: str | None = None, **headers: str
) -> AsyncGenerator[Client, None]:
    offered = [Subprotocol(name) for name in subprotocols or (SUBPROTOCOL,)]
    more = {name.replace("_", "-"): value for name, value in headers.items()} | ({"Origin": origin} if origin else {})
    async with connect(
        f"ws://{address}/graphql", subprotocols=offered, additional_headers=more, compression=None
    ) as socket:
        yield Client(socket)


@asynccontextmanager
async def ready(address: str, **headers: str) -> AsyncGenerator[Client, None]:
    """A client whose connection is acknowledged."""
    async with opened(address, **headers) as client:
        await client.init()
        yield client

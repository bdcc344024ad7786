"""Sockets of callers who say who they are, each with a deadline for everything."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from tests.identity.world import EVENTS, Server
from tests.protocol.client import Client, opened


@asynccontextmanager
async def known(server: Server, credential: str) -> AsyncGenerator[Client, None]:
    """A socket whose connection is acknowledged."""
    async with opened(server.address) as client:
        await init(client, authorization=f"Bearer {credential}")
        assert await client.receive() == {"type": "connection_ack"}
        yield client


async def init(client: Client, **params: Any) -> None:
    await client.send({"type": "connection_init", "payload": params})


async def follow(client: Client, thread_id: str, id: str = "1", after: str | None = None) -> None:
    """Follows a thread, and is told of what happens from now on."""
    await client.subscribe(id, EVENTS, thread=thread_id, after=after)


async def retitled(server: Server, thread_id: str, client: Client, id: str = "1") -> None:
    """Something happens, and the client is told."""
    await server.weft.threads.update(thread_id, {"title": "New"})
    while (await client.next(id))["data"]["threadEvents"]["__typename"] != "ThreadChanged":
        pass

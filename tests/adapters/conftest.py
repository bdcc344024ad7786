"""A server of a test's own agents, on a database of its own; the npm package `ai` to ask."""

import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest_asyncio
from tests.adapters.world import Chat, Server, serving
from tests.threads.ai_sdk import ai_sdk

from weft import Agent
from weft.storage.types import Client, Database
from weft.testing import Answer, ScriptedModel

__all__ = ["ai_sdk"]

Start = Callable[..., Awaitable[Server]]


@pytest_asyncio.fixture(loop_scope="session")
async def start(db: Database) -> AsyncGenerator[Start, None]:
    """Starts a server of these agents."""
    async with AsyncExitStack() as stack:

        async def started(*agents: Agent, work: bool = True) -> Server:
            return await stack.enter_async_context(serving(db, *agents, work=work))

        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def talk(start: Start) -> Callable[..., Awaitable[Chat]]:
    """A chat with an agent that gives these answers in turn."""

    async def talking(*answers: Answer, **fields: Any) -> Chat:
        model = ScriptedModel(answers or ["Hello there, friend"], repeat=not answers)
        server = await start(Agent("support", model=model, **fields))
        return await server.new_chat()

    return talking


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(client: Client) -> AsyncGenerator[Chat, None]:
    """An empty chat that requests without effect may share."""
    db = client[f"test_{uuid.uuid4().hex}"]
    async with serving(db, Agent("support", model=ScriptedModel(["Hello"], repeat=True))) as server:
        yield await server.new_chat()
    await client.drop_database(db.name)

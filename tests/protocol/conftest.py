"""A fresh world and its server for each test."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from tests.protocol.world import World, address, make_app, serve


@pytest.fixture
def world() -> World:
    world = World()
    world.catching_up.set()
    return world


@pytest_asyncio.fixture
async def server(world: World) -> AsyncGenerator[str, None]:
    """host:port"""
    async with serve(make_app(world)) as running:
        yield address(running)

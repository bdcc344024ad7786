"""A fresh world for each test, on a server that they all share."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from tests.protocol.world import Stage, World, address, make_app, serve


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage() -> AsyncGenerator[tuple[Stage, str], None]:
    stage = Stage()
    async with serve(make_app(stage)) as running:
        yield stage, address(running)


@pytest.fixture
def world() -> World:
    world = World()
    world.catching_up.set()
    return world


@pytest.fixture
def server(stage: tuple[Stage, str], world: World) -> str:
    """host:port"""
    stage[0].world = world
    return stage[1]

"""Weft as an application has it, shared by the tests of a file: each brings its own agents and threads."""

from collections.abc import AsyncGenerator

import pytest_asyncio

from weft.agents.weft import Weft
from weft.storage.store import Store


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def weft(store: Store) -> AsyncGenerator[Weft, None]:
    async with Weft(store) as opened:
        yield opened

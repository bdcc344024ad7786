"""One server for all blocks of the docs."""

import uuid
from collections.abc import AsyncGenerator

import httpx2
import pytest
import pytest_asyncio
from graphql import build_schema
from pydantic import SecretStr
from tests.docs.world import World, world_app
from tests.protocol.world import address, serve

from weft.resolvers.sdl import print_schema
from weft.settings import Settings
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Client


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(mongod: EmbeddedMongo, client: Client) -> AsyncGenerator[World, None]:
    settings = Settings(mongodb_uri=SecretStr(mongod.uri), database=f"test_{uuid.uuid4().hex}")
    app = world_app(settings)
    async with (
        app.router.lifespan_context(app),
        serve(app) as running,
        httpx2.AsyncClient(base_url=f"http://{address(running)}", timeout=30) as http,
    ):
        yield World(app.weft, http, address(running), build_schema(print_schema()))
    await client.drop_database(settings.database)


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who follows a page needs no key of a provider."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)

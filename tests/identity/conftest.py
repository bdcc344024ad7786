"""A server that asks who comes: one a file, and others where a test needs its own."""

import uuid
from collections.abc import AsyncGenerator

import pytest_asyncio
from tests.identity.issuer import AUDIENCE, ISSUER, SECRET
from tests.identity.world import Server, asking

from weft.storage.types import Client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(client: Client) -> AsyncGenerator[Server, None]:
    """It takes API keys, and tokens signed by the secret."""
    db = client[f"test_{uuid.uuid4().hex}"]
    tokens = {"jwt_secret": SECRET, "jwt_audience": AUDIENCE, "jwt_issuer": ISSUER}
    async with asking(db, settings=tokens) as running:
        yield running
    await client.drop_database(db.name)

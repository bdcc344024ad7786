"""A client that the application made. Weft uses it and never closes it.

A Motor client (or PyMongo's synchronous one) cannot be awaited as PyMongo's own is; Weft opens a twin of it, with the
same hosts, credentials and options, and closes that.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

from pymongo import AsyncMongoClient, MongoClient

from weft.errors import ConfigError
from weft.storage.closing import closed
from weft.storage.connection import inspect
from weft.storage.types import Client, Database


@asynccontextmanager
async def adopted(client: object, *, database: str) -> AsyncGenerator[Database, None]:
    """The database on a client of the application's.

    Raises:
        ConfigError: it is no MongoDB client, or its server is one that Weft cannot use.
        UnavailableError: its server does not answer.
    """
    if isinstance(client, AsyncMongoClient):
        yield await _checked(cast("Client", client), database)
        return
    twin = _twin(client)
    try:
        yield await _checked(twin, database)
    finally:
        await closed(twin.close)


async def _checked(client: Client, database: str) -> Database:
    await inspect(client)
    return client[database]


def _twin(client: object) -> Client:
    synchronous = getattr(client, "delegate", client)
    if not isinstance(synchronous, MongoClient):
        raise ConfigError(f"client is {type(client).__name__}; give an AsyncMongoClient or a Motor client")
    # PyMongo has no public way to copy a client; the contract suite of clients fails if this one goes.
    options: dict[str, Any] = synchronous._init_kwargs  # pyright: ignore[reportPrivateUsage]
    return AsyncMongoClient(**{name: value for name, value in options.items() if not name.startswith("_")})

"""A process that brings a database to version 3, run as a script: each step counts itself, and the second waits for
leave. Prints `done` when the database has the version of the code."""

import asyncio
import sys
from datetime import timedelta

from weft.storage.connection import connect
from weft.storage.migrating import Pace, migrate
from weft.storage.processes import until
from weft.storage.store import Store


async def _count(store: Store, step: str) -> None:
    await store.database["ran"].update_one({"_id": step}, {"$inc": {"times": 1}}, upsert=True)


async def first(store: Store) -> None:
    await _count(store, "first")


async def second(store: Store) -> None:
    """Half done until somebody gives leave."""
    await _count(store, "second")

    async def leave() -> bool:
        return await store.database["leave"].find_one({}) is not None

    assert await until(leave, 60)


async def third(store: Store) -> None:
    await _count(store, "third")


async def main(uri: str, database: str) -> None:
    opened = await connect(uri, database=database)
    await migrate(Store(opened), [first, second, third], Pace(lease=timedelta(minutes=10)))
    await opened.client.close()
    sys.stdout.write("done\n")


asyncio.run(main(*sys.argv[1:3]))

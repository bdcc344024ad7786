"""Drivers, and Weft itself, work through the server as through Atlas."""

import asyncio
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import AutoReconnect
from tests.atlas import AtlasServer
from tests.atlas.wire import Message, OpMsg, Section, encode, read_message, reply_document
from tests.support import helper, in_time, new_thread, wait_until

from weft.app import create_app
from weft.settings import Settings
from weft.storage.change_feed import MongoChangeFeed
from weft.storage.store import Store
from weft.storage.types import Client, Doc
from weft.threads.events import Change
from weft.threads.messages import MessageStatus


async def test_drivers_stay_with_the_server(server: AtlasServer, through: Client) -> None:
    host, port = server.uri.removeprefix("mongodb://").partition("/")[0].split(":")
    assert through.nodes == frozenset({(host, int(port))})
    hello = await through.admin.command("hello")
    assert (hello["me"], hello["primary"], hello["hosts"]) == (f"{host}:{port}",) * 2 + ([f"{host}:{port}"],)
    assert "compression" not in hello


@pytest.mark.parametrize("options", ["", "&directConnection=true", "&compressors=zlib", "&serverMonitoringMode=poll"])
async def test_drivers_connect_with_any_of_these_options(server: AtlasServer, options: str) -> None:
    opened: Client = AsyncMongoClient(server.uri + options)
    assert (await in_time(opened.admin.command("ping")))["ok"] == 1
    await opened.close()


async def test_a_driver_with_threads_connects_too(server: AtlasServer) -> None:
    def ping() -> float:
        with MongoClient[Doc](server.uri) as opened:
            return float(opened.admin.command("ping")["ok"])

    assert await in_time(asyncio.to_thread(ping)) == 1


async def test_a_checksum_is_taken_and_a_wrong_one_is_not(server: AtlasServer) -> None:
    body = Section(None, (encode({"createSearchIndexes": "c", "indexes": [], "$db": "d"}),))
    message = OpMsg(3, 0, 0, (body,), checksum=True).message()
    reply = await in_time(_asked(server, message))
    assert reply is not None
    assert (reply.response_to, reply_document(reply)["code"]) == (3, 26)
    assert await in_time(_asked(server, Message(message.raw[:-1] + b"\0"))) is None


async def _asked(server: AtlasServer, message: Message) -> Message | None:
    host, port = server.uri.removeprefix("mongodb://").partition("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(message.raw)
        return await read_message(reader)
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_client_that_goes_away_leaves_no_connection_behind(server: AtlasServer, client: Client) -> None:
    name = f"gone-{uuid.uuid4().hex}"
    opened: Client = AsyncMongoClient(server.uri, appname=name)
    await opened.admin.command("ping")

    async def connections() -> int:
        cursor = await client.admin.aggregate(
            [{"$currentOp": {"idleConnections": True}}, {"$match": {"appName": name}}, {"$count": "many"}]
        )
        found = await cursor.to_list()
        return int(found[0]["many"]) if found else 0

    assert await connections() > 0
    await opened.close()

    async def none() -> bool:
        return await connections() == 0

    await wait_until(none)


@given(st.lists(st.tuples(st.integers(0, 80), st.booleans()), min_size=1, max_size=10))
async def test_clients_that_leave_in_the_middle_of_a_message_harm_nobody(
    server: AtlasServer, through: Client, leaving: list[tuple[int, bool]]
) -> None:
    host, port = server.uri.removeprefix("mongodb://").partition("/")[0].split(":")
    body = Section(None, (encode({"ping": 1, "$db": "admin"}),))
    message = OpMsg(1, 0, 0, (body,), checksum=True).message()
    for size, rudely in leaving:
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(message.raw[:size])
        if rudely:
            writer.transport.abort()
        else:
            writer.close()
    assert (await in_time(through.admin.command("ping")))["ok"] == 1


async def test_a_connection_can_be_ended_instead_of_an_answer(server: AtlasServer) -> None:
    opened: Client = AsyncMongoClient(server.uri)
    server.hang_up("createSearchIndexes", times=1)
    with pytest.raises(AutoReconnect):
        await opened["d"].command({"createSearchIndexes": "c", "indexes": []})
    assert (await in_time(opened.admin.command("ping")))["ok"] == 1
    await opened.close()


async def test_wefts_store_changes_threads_and_its_feed_follows_them(through: Client, database: str) -> None:
    store = Store(through[database])
    await store.create_indexes()
    feed = MongoChangeFeed(store.database)

    async def first() -> Change:
        async for change in feed.follow():
            return change
        raise AssertionError

    following = asyncio.create_task(first())
    await in_time(feed.opened())
    thread = await new_thread(store)
    assert (await in_time(following)).thread_id == thread.id
    await through.drop_database(database)


async def test_a_whole_weft_answers_through_it(through: Client, database: str) -> None:
    app = create_app([helper("Through.")], client=through, settings=Settings(database=database))
    async with app.opened() as weft:
        thread = await weft.threads.create()
        await weft.messages.send(thread.id, agent_name="helper", prompt="Hello?")

        async def answered() -> bool:
            rows = await weft.store.messages.turns(thread.id, [0])
            told = [(row.text, row.status) for row in rows]
            return told == [("Hello?", MessageStatus.SUCCESS), ("Through.", MessageStatus.SUCCESS)]

        await wait_until(answered)
    await through.drop_database(database)

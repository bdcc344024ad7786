"""Deletions through real servers: those who watch are told, and `kill -9` in the middle only costs time."""

from typing import Any

import pytest
from tests.agents.deleting import stored
from tests.live.server import ServerProcess, serving
from tests.live.viewer import Socket, Viewer, subscribed, watching
from tests.support import delta, row, stream_at, wait_until, words

from weft.storage.deltas import delta_doc
from weft.storage.store import Store
from weft.storage.streams import stream_doc
from weft.storage.types import Database
from weft.threads.clock import utc_now
from weft.threads.messages import MessageRole
from weft.threads.streams import StreamState

DELETE = "mutation($id: ID!) { deleteThread(input: { threadId: $id }) { done userErrors { code } } }"
DELETE_MESSAGES = "mutation($ids: [ID!]!) { deleteMessages(input: { messageIds: $ids }) { deletedIds } }"
BRANCH = "mutation($id: ID!) { branchThread(input: { threadId: $id }) { thread { id } userErrors { code } } }"
GONE = """subscription($id: ID!, $after: String) { threadEvents(threadId: $id, after: $after) { __typename
  ... on Event { cursor } ... on ThreadDeleted { threadId } } }"""
LIST = """subscription { threadListEvents { __typename
  ... on ThreadChanged { thread { id } } ... on ThreadDeleted { threadId } } }"""
DELTAS = 60_000


async def listed(socket: Socket, **wanted: Any) -> None:
    """Returns when the list is told so."""
    while not wanted.items() <= (await socket.event()).items():
        pass


async def test_everything_deleted_or_branched_is_told_in_order(server: ServerProcess) -> None:
    thread, viewer = await server.new_thread(), Viewer()
    async with watching(server.socket_url, thread, viewer) as socket, subscribed(server.socket_url, LIST) as sidebar:
        sent = await server.send(thread, "echo", "Good morning")
        await socket.feed(viewer, lambda v: v.finished(sent["generation"]["id"]))
        made = (await server.call(BRANCH, id=thread))["branchThread"]["thread"]["id"]
        gone = [sent["sentMessage"]["id"]]
        assert await server.call(DELETE_MESSAGES, ids=gone) == {"deleteMessages": {"deletedIds": gone}}
        await socket.feed(viewer, lambda v: v.events[-1]["__typename"] == "MessageRemoved")
        assert viewer.events[-1]["keys"] == [sent["sentMessage"]["key"]]
        assert (await server.call(DELETE, id=thread))["deleteThread"] == {"done": True, "userErrors": []}
        await socket.feed(viewer, lambda v: v.events[-1]["__typename"] == "ThreadDeleted")
        assert (await socket.next())["type"] == "complete"
        await listed(sidebar, thread={"id": made})
        await listed(sidebar, __typename="ThreadDeleted", threadId=thread)
        another = await server.new_thread()
        assert (await server.call(DELETE, id=another))["deleteThread"] == {"done": True, "userErrors": []}
        await listed(sidebar, __typename="ThreadDeleted", threadId=another)
    copied = (await server.thread(made))["messages"]["edges"]
    assert [edge["node"]["text"] for edge in copied] == ["Good morning", "You said: Good morning"]


async def test_a_deleted_thread_is_told_to_those_who_come_back(server: ServerProcess) -> None:
    thread = await server.new_thread()
    cursor = (await server.thread(thread))["cursor"]
    await server.call(DELETE, id=thread)
    async with subscribed(server.socket_url, GONE, id=thread, after=cursor) as socket:
        event = await socket.event()
        assert (event["__typename"], event["threadId"]) == ("ThreadDeleted", thread)
        assert (await socket.next())["type"] == "complete"
    async with subscribed(server.socket_url, GONE, id=thread) as socket:
        message = await socket.next()
    assert message["payload"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("way", ["killed", "stopped"])
async def test_a_large_deletion_outlives_the_server_that_began_it(
    env: dict[str, str], server: ServerProcess, db: Database, way: str
) -> None:
    store, thread = Store(db), await server.new_thread()
    await stored(store, [row(MessageRole.USER, order, 0, thread_id=thread) for order in range(2000)])
    ended = {"thread_id": thread, "state": StreamState.FINISHED, "end_seq": 1, "ended_at": utc_now()}
    stream = stream_at(0, 0, **ended)
    await store.streams.collection.insert_one(stream_doc(stream))
    await store.deltas.collection.insert_many([delta_doc(delta(stream, n, *words("a"))) for n in range(DELTAS)])
    async with db.client.start_session() as session, await session.start_transaction():
        # Whoever removes the last one waits for this transaction, however fast he is.
        await db["deltas"].update_one({"start": DELTAS - 1}, {"$set": {"held": True}}, session=session)
        assert (await server.call(DELETE, id=thread))["deleteThread"] == {"done": False, "userErrors": []}
        if way == "killed":
            await server.kill()
        else:
            assert await server.stop() == 0
        await session.abort_transaction()
    assert await db["deltas"].count_documents({}) > 0
    async with serving(env, server.log) as next_server:
        assert (await next_server.post(f'{{ thread(id: "{thread}") {{ id }} }}'))["data"] == {"thread": None}
        await wait_until(lambda: _nothing_left(db))
        assert (await next_server.call(DELETE, id=thread))["deleteThread"]["done"]


async def _nothing_left(db: Database) -> bool:
    """Whether only the tombstone is there, beside what is of no thread."""
    left = {name: await db[name].count_documents({}) for name in await db.list_collection_names() if name != "meta"}
    return {name: count for name, count in left.items() if count} == {"events": 1}

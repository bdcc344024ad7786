"""What must be true when everything is there again."""

import asyncio
import time
from typing import Any, Final

from tests.live.client import shown
from tests.live.server import ServerProcess
from tests.trials.chaos_users import PENDING, User

from weft.storage.types import Database

ENDED: Final = ["succeeded", "failed", "aborted"]
CALM_SECONDS: Final = 60.0
ALL: Final = """query All($id: ID!, $after: String) { thread(id: $id) { cursor
  messages(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor } edges { node { role text clientId status } } } } }"""

SHOWN: Final = """query Shown($id: ID!, $after: String) { thread(id: $id) { uiMessages(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { key id status text error } } } } }"""


async def calmed_down(server: ServerProcess, db: Database, users: list[User]) -> None:
    """Approves what still waits; returns when no job is left."""
    deadline = time.monotonic() + CALM_SECONDS
    while left := await jobs_left(db):
        assert time.monotonic() < deadline, f"still to be done: {left}"
        for user in users:
            if (await server.call(PENDING, id=user.thread))["thread"]["pendingApprovals"]:
                await user.approve()
        await asyncio.sleep(0.1)


async def jobs_left(db: Database) -> dict[str, int]:
    """What somebody still has to do, by kind."""
    found = {
        "generations": await db["generations"].count_documents({"status": {"$nin": ENDED}}),
        "streams": await db["streams"].count_documents({"state": "streaming"}),
        "messages": await db["messages"].count_documents({"status": "pending"}),
        "open calls": await db["pendingCalls"].count_documents({"open": True}),
        "deletions": await db["deletions"].count_documents({}),
        "erasures": await db["erasures"].count_documents({"finishedAt": None}),
        "embeddings": await db["searchEntries"].count_documents({"embedWith": {"$gt": ""}}),
    }
    return {kind: count for kind, count in found.items() if count}


async def prove(server: ServerProcess, db: Database, user: User) -> None:
    """Fails with what is wrong in the user's thread."""
    rows, cursor = await _rows(server, user.thread)
    sent = [row["clientId"] for row in rows if row["clientId"]]
    assert sorted(sent) == sorted(user.acknowledged), "every message that was acknowledged is there, and once"
    assert [row["text"] for row in rows if row["role"] == "USER"] == sorted(sent, key=_number), "in their order"
    await _prove_answers(db, user)
    is_stored = await all_shown(server, user.thread)
    for screen in user.screens:
        async with asyncio.timeout(CALM_SECONDS):
            await screen.go_on(lambda seen: seen.cursor == cursor)
        assert screen.screen.streams == {}, "every stream ended for those who looked on"
        assert screen.screen.shown() == is_stored, "what a viewer shows is what is stored"


async def all_shown(server: ServerProcess, thread: str) -> list[dict[str, Any]]:
    """As a client shows it that reads the thread now, page by page."""
    edges: list[Any] = []
    after = None
    while True:
        page = (await server.call(SHOWN, id=thread, after=after))["thread"]["uiMessages"]
        edges += page["edges"]
        if not page["pageInfo"]["hasNextPage"]:
            return shown([edge["node"] for edge in edges])
        after = page["pageInfo"]["endCursor"]


async def _prove_answers(db: Database, user: User) -> None:
    docs = await db["generations"].find({"threadId": user.thread}).to_list()
    assert {doc["_id"] for doc in docs} == set(user.answers), "one answer for each message"
    for doc in docs:
        ways = ["succeeded", "aborted"] if doc["_id"] in user.aborted else ["succeeded"]
        assert doc["status"] in ways, doc
        if doc["status"] == "succeeded":
            turn = {"threadId": user.thread, "order": doc["order"], "role": "assistant"}
            said = [row.get("text") or "" for row in await db["messages"].find(turn).sort("stepOrder").to_list()]
            assert said, doc
            assert said[-1].startswith(f"You said: {user.answers[doc['_id']]}"), said
            assert sum(text.count("You said: ") for text in said) == 1, "and no answer twice"


async def _rows(server: ServerProcess, thread: str) -> tuple[list[dict[str, Any]], str]:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await server.call(ALL, id=thread, after=after))["thread"]
        rows += [edge["node"] for edge in page["messages"]["edges"]]
        if not page["messages"]["pageInfo"]["hasNextPage"]:
            return rows, page["cursor"]
        after = page["messages"]["pageInfo"]["endCursor"]


def _number(name: str) -> int:
    return int(name.split(".")[1])

"""The floor of writing: the same documents in one transaction by the bare driver, in as few round trips as it can."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.asynchronous.client_session import AsyncClientSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.floor import Doc, serve
from weft.threads import ids

_JOURNALED = WriteConcern("majority", j=True)
_EMPTY: Doc = dict.fromkeys(
    [
        "agentName",
        "model",
        "provider",
        "finishReason",
        "error",
        "reasoning",
        "usage",
        "sources",
        "warnings",
        "providerMetadata",
        "providerOptions",
        "metadata",
        "feedback",
    ]
)


class WriteFloor:
    """`POST /write` with `threadId` and `messages`; changes of a thread queue, or they would only collide."""

    def __init__(self) -> None:
        self._client: AsyncMongoClient[Doc] = AsyncMongoClient(os.environ["WEFT_MONGODB_URI"])
        database = self._client[os.environ["WEFT_DATABASE"]]
        self._threads, self._messages, self._events = database["threads"], database["messages"], database["events"]
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/write", self._write, methods=["POST"])], lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncGenerator[None, None]:
        yield
        await self._client.close()

    async def _write(self, request: Request) -> Response:
        body = orjson.loads(await request.body())
        thread_id, given = body["threadId"], body["messages"]

        async def work(session: AsyncClientSession) -> list[Doc]:
            return await self._insert(session, thread_id, given)

        async with self._queues[thread_id], self._client.start_session() as session:
            docs = await session.with_transaction(work, write_concern=_JOURNALED)
        return Response(orjson.dumps(docs), media_type="application/json")

    async def _insert(self, session: AsyncClientSession, thread_id: str, given: list[dict[str, Any]]) -> list[Doc]:
        now = datetime.now(UTC)
        turns = sum(message["role"] == "user" for message in given)
        thread = await self._threads.find_one_and_update(
            {"_id": thread_id},
            {
                "$inc": {"seq": len(given) + 1, "lastOrder": turns},
                "$set": {"updatedAt": now, "lastMessageAt": now, "activeAt": now},
            },
            session=session,
        )
        assert thread is not None
        docs = _message_docs(thread, given, now)
        await self._messages.insert_many(docs, session=session)
        await self._events.insert_many(_event_docs(thread, docs, now), session=session)
        return docs


def _message_docs(thread: Doc, given: list[dict[str, Any]], now: datetime) -> list[Doc]:
    """A user message opens a turn; others follow in it."""
    docs: list[Doc] = []
    order, step = thread["lastOrder"], 0
    for message in given:
        order, step = (order + 1, 0) if message["role"] == "user" else (order, step + 1)
        docs.append(
            _EMPTY
            | {
                "_id": ids.new_id("msg"),
                "threadId": thread["_id"],
                "userId": thread["userId"],
                "order": order,
                "stepOrder": step,
                "role": message["role"],
                "status": "success",
                "content": [{"type": "text", "text": message["text"]}],
                "text": message["text"],
                "tool": False,
                "createdAt": now,
                "updatedAt": now,
            }
        )
    if len(docs) == 1:
        docs[0]["receipt"] = {"seq": thread["seq"] + 1, "generation_id": None}
    return docs


def _event_docs(thread: Doc, docs: list[Doc], now: datetime) -> list[Doc]:
    told: list[tuple[str, Doc]] = [("message_saved", _refs(doc)) for doc in docs]
    told.append(("thread_changed", {}))
    about: Doc = {"threadId": thread["_id"], "userId": thread["userId"], "at": now}
    return [about | {"seq": thread["seq"] + n, "kind": kind, "refs": refs} for n, (kind, refs) in enumerate(told, 1)]


def _refs(doc: Doc) -> Doc:
    return {"messageId": doc["_id"], **{name: doc[name] for name in ("order", "stepOrder", "status")}}


if __name__ == "__main__":
    serve(WriteFloor().app())

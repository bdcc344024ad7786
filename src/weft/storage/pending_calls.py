"""Tool calls that wait for a person. `open` is there and true until one is decided, which happens once.

Expiry is measured by MongoDB's clock, so that workers on machines with different clocks agree.
"""

from collections.abc import Collection as SizedCollection
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from weft.storage.failures import translated
from weft.storage.types import Database, Doc, Session
from weft.threads.pending_calls import PendingCall, PendingKind

_OPEN: Final[Doc] = {"open": True}
_MAY_EXPIRE: Final[Doc] = {"open": True, "expiresAt": {"$exists": True}}


class PendingCalls:
    """The `pendingCalls` collection."""

    INDEXES = (
        IndexModel([("threadId", ASCENDING), ("order", ASCENDING), ("_id", ASCENDING)], partialFilterExpression=_OPEN),
        IndexModel([("threadId", ASCENDING), ("toolCallId", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("messageId", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("expiresAt", ASCENDING)], partialFilterExpression=_MAY_EXPIRE),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["pendingCalls"]

    async def insert(self, session: Session, calls: Sequence[PendingCall]) -> None:
        if calls:
            await self.collection.insert_many([pending_call_doc(call) for call in calls], session=session)

    async def get(self, session: Session, thread_id: str, call_id: str) -> PendingCall | None:
        """The call that a decision names, decided or not, if it is one of this thread."""
        doc = await self.collection.find_one({"_id": call_id, "threadId": thread_id}, session=session)
        return None if doc is None else pending_call_of(doc)

    async def of_tool_call(self, session: Session, thread_id: str, tool_call_id: str) -> list[PendingCall]:
        """The calls that the model gave this id, newest first: there are models that give one id twice."""
        match = {"threadId": thread_id, "toolCallId": tool_call_id}
        docs = await self.collection.find(match, session=session).sort([("_id", DESCENDING)]).to_list()
        return [pending_call_of(doc) for doc in docs]

    async def of_message(self, session: Session | None, message_id: str) -> list[PendingCall]:
        """The calls of an assistant row, the decided ones too."""
        with translated():
            query = self.collection.find({"messageId": message_id}, session=session)
            return [pending_call_of(doc) for doc in await query.sort([("_id", ASCENDING)]).to_list()]

    async def of_messages(self, session: Session, message_ids: SizedCollection[str]) -> list[PendingCall]:
        """The open calls of some rows."""
        match = {"messageId": {"$in": list(message_ids)}, **_OPEN}
        return [pending_call_of(doc) for doc in await self.collection.find(match, session=session).to_list()]

    async def open_of_turn(self, session: Session, thread_id: str, order: int) -> list[PendingCall]:
        """The open calls of a turn."""
        query = self.collection.find({"threadId": thread_id, "order": order, **_OPEN}, session=session)
        return [pending_call_of(doc) for doc in await query.sort([("_id", ASCENDING)]).to_list()]

    async def open_of_thread(self, thread_id: str, session: Session | None = None) -> list[PendingCall]:
        """The open calls of a thread, the oldest turn first."""
        with translated():
            query = self.collection.find({"threadId": thread_id, **_OPEN}, session=session)
            docs = await query.sort([("order", ASCENDING), ("_id", ASCENDING)]).to_list()
        return [pending_call_of(doc) for doc in docs]

    async def decide(
        self,
        session: Session,
        call_id: str,
        approved: bool | None,
        reason: str | None,
        decided_by: str | None,
        at: datetime,
    ) -> bool:
        """Decides a call; False, and nothing changed, when it was decided before."""
        decision = {"approved": approved, "reason": reason, "decidedBy": decided_by, "decidedAt": at}
        change = {"$set": decision, "$unset": _OPEN}
        result = await self.collection.update_one({"_id": call_id, **_OPEN}, change, session=session)
        return result.matched_count == 1

    async def expired(self, limit: int) -> list[PendingCall]:
        """Open calls whose time is over, the first first."""
        over: Doc = _MAY_EXPIRE | {"$expr": {"$lte": ["$expiresAt", "$$NOW"]}}
        with translated():
            docs = await self.collection.find(over).sort([("expiresAt", ASCENDING)]).limit(limit).to_list()
        return [pending_call_of(doc) for doc in docs]

    async def next_expiry(self) -> timedelta | None:
        """How long until the first open call expires, by MongoDB's clock; None when none does."""
        left = {"$project": {"left": {"$subtract": ["$expiresAt", "$$NOW"]}}}
        with translated():
            cursor = await self.collection.aggregate(
                [{"$match": _MAY_EXPIRE}, {"$sort": {"expiresAt": 1}}, {"$limit": 1}, left]
            )
            docs = await cursor.to_list()
        return timedelta(milliseconds=docs[0]["left"]) if docs else None


def pending_call_doc(call: PendingCall) -> Doc:
    return {
        "_id": call.id,
        "threadId": call.thread_id,
        "order": call.order,
        "messageId": call.message_id,
        "generationId": call.generation_id,
        "toolCallId": call.tool_call_id,
        "toolName": call.tool_name,
        "kind": call.kind.value,
        "fingerprint": call.fingerprint,
        **({} if call.expires_at is None else {"expiresAt": call.expires_at}),
        "createdAt": call.created_at,
        "decidedAt": call.decided_at,
        "approved": call.approved,
        "reason": call.reason,
        "decidedBy": call.decided_by,
        **(_OPEN if call.open else {}),
    }


def pending_call_of(doc: Doc) -> PendingCall:
    return PendingCall(
        id=doc["_id"],
        thread_id=doc["threadId"],
        order=doc["order"],
        message_id=doc["messageId"],
        generation_id=doc["generationId"],
        tool_call_id=doc["toolCallId"],
        tool_name=doc["toolName"],
        kind=PendingKind(doc["kind"]),
        fingerprint=doc["fingerprint"],
        expires_at=doc.get("expiresAt"),
        created_at=doc["createdAt"],
        decided_at=doc["decidedAt"],
        approved=doc["approved"],
        reason=doc["reason"],
        decided_by=doc["decidedBy"],
    )

"""Message rows, unique by (thread, order, step) and by the caller's own id within a thread."""

from collections.abc import Collection as SizedCollection
from collections.abc import Sequence

from pymongo import ASCENDING, DESCENDING, IndexModel

from weft.errors import not_found
from weft.storage.failures import translated
from weft.storage.message_docs import message_doc, message_of
from weft.storage.paging import Key, keyset_page
from weft.storage.turn_pages import TurnPage
from weft.storage.types import Database, Doc, Session
from weft.storage.ui_pages import read_from, turn_page
from weft.threads.context_ranges import TurnRange
from weft.threads.messages import Message, MessageRole, MessageStatus
from weft.threads.paging import Page, PageRequest
from weft.threads.streams import Stream
from weft.threads.ui_messages import UIMessage, parts_before, ui_messages
from weft.threads.ui_parts import UIPart

_POSITION = (Key("order", kind=int), Key("stepOrder", kind=int))


class Messages:
    """The `messages` collection."""

    INDEXES = (
        IndexModel([("threadId", ASCENDING), ("order", ASCENDING), ("stepOrder", ASCENDING)], unique=True),
        IndexModel(
            [("threadId", ASCENDING), ("clientId", ASCENDING)],
            unique=True,
            partialFilterExpression={"clientId": {"$exists": True}},
        ),
        IndexModel([("generationId", ASCENDING)], partialFilterExpression={"generationId": {"$exists": True}}),
        IndexModel([("batchId", ASCENDING)], partialFilterExpression={"batchId": {"$exists": True}}),
        IndexModel(
            [("threadId", ASCENDING), ("status", ASCENDING), ("order", ASCENDING), ("stepOrder", ASCENDING)],
            partialFilterExpression={"status": MessageStatus.PENDING.value},
        ),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["messages"]
        self._pages = read_from(self.collection)

    async def get(self, message_id: str, session: Session | None = None) -> Message | None:
        with translated():
            doc = await self.collection.find_one({"_id": message_id}, session=session)
        return None if doc is None else message_of(doc)

    async def many(self, message_ids: SizedCollection[str], session: Session | None = None) -> dict[str, Message]:
        """Those of these that exist, by id."""
        with translated():
            docs = await self.collection.find({"_id": {"$in": list(message_ids)}}, session=session).to_list()
        return {doc["_id"]: message_of(doc) for doc in docs}

    async def by_client_id(self, session: Session | None, thread_id: str, client_id: str) -> Message | None:
        doc = await self.collection.find_one({"threadId": thread_id, "clientId": client_id}, session=session)
        return None if doc is None else message_of(doc)

    async def of_batch(self, session: Session, thread_id: str, batch_id: str) -> list[Message]:
        """The rows of one save, in the order they were given."""
        docs = await self.collection.find({"threadId": thread_id, "batchId": batch_id}, session=session).to_list()
        return sorted(map(message_of, docs), key=lambda row: row.position)

    async def greatest(self, session: Session, thread_id: str, order: int | None = None) -> Message | None:
        """The row at the greatest position of a thread, or of one of its turns."""
        match: Doc = {"threadId": thread_id} if order is None else {"threadId": thread_id, "order": order}
        way = [("order", DESCENDING), ("stepOrder", DESCENDING)]
        doc = await self.collection.find_one(match, sort=way, session=session)
        return None if doc is None else message_of(doc)

    async def pending(self, session: Session, thread_id: str, order: int | None, limit: int) -> list[Message]:
        """The newest pending rows of a thread, or of one of its turns."""
        match: Doc = {"threadId": thread_id, "status": MessageStatus.PENDING.value}
        if order is not None:
            match["order"] = order
        query = self.collection.find(match, session=session)
        docs = await query.sort([("order", DESCENDING), ("stepOrder", DESCENDING)]).limit(limit).to_list()
        return [message_of(doc) for doc in docs]

    async def of_generation(self, generation_id: str, session: Session | None = None) -> list[Message]:
        """The rows a generation wrote, in order."""
        with translated():
            docs = await self.collection.find({"generationId": generation_id}, session=session).to_list()
        return sorted(map(message_of, docs), key=lambda row: row.position)

    async def last_step(self, session: Session, thread_id: str, order: int) -> int:
        """The greatest step of a turn, -1 when the turn has no row."""
        match = {"threadId": thread_id, "order": order}
        doc = await self.collection.find_one(match, sort=[("stepOrder", DESCENDING)], session=session)
        return -1 if doc is None else int(doc["stepOrder"])

    async def insert(self, session: Session, rows: Sequence[Message], generation_id: str | None) -> None:
        docs = [message_doc(row) for row in rows]
        for doc in docs:
            if generation_id is not None and doc["role"] != MessageRole.USER.value:
                doc["generationId"] = generation_id
        await self.collection.insert_many(docs, session=session)

    async def replace(self, session: Session, row: Message) -> None:
        fields = message_doc(row)
        del fields["_id"]
        await self.collection.update_one({"_id": row.id}, {"$set": fields}, session=session)

    async def before(self, thread_id: str, order: int, step_order: int, limit: int) -> list[Message]:
        """Up to `limit` successful rows before a position, ascending."""
        match: Doc = {"threadId": thread_id, "order": {"$lte": order}, "status": MessageStatus.SUCCESS.value}
        match["$or"] = [{"order": {"$lt": order}}, {"stepOrder": {"$lt": step_order}}]
        with translated():
            query = self.collection.find(match).sort([("order", DESCENDING), ("stepOrder", DESCENDING)])
            docs = await query.limit(limit).to_list()
        return [message_of(doc) for doc in reversed(docs)]

    async def turns(self, thread_id: str, orders: SizedCollection[int]) -> list[Message]:
        """All rows of some turns, ascending."""
        with translated():
            query = self.collection.find({"threadId": thread_id, "order": {"$in": list(orders)}})
            docs = await query.sort([("order", ASCENDING), ("stepOrder", ASCENDING)]).to_list()
        return [message_of(doc) for doc in docs]

    async def of_ranges(self, ranges: Sequence[TurnRange], limit: int) -> list[Message]:
        """The first successful rows of these turns, by thread and position."""
        if not ranges:
            return []
        turns: list[Doc] = [
            {"threadId": each.thread_id, "order": {"$gte": each.first, "$lte": each.last}} for each in ranges
        ]
        match: Doc = {"$or": turns, "status": MessageStatus.SUCCESS.value}
        way = [("threadId", ASCENDING), ("order", ASCENDING), ("stepOrder", ASCENDING)]
        with translated():
            docs = await self.collection.find(match).sort(way).limit(limit).to_list()
        return [message_of(doc) for doc in docs]

    async def parts_before(self, stream: Stream) -> Sequence[UIPart]:
        """What the message that a stream goes on with says before the stream's first row."""
        if stream.message_step == stream.step_order:
            return ()
        for message in ui_messages(await self.turns(stream.thread_id, [stream.order])):
            if message.step_order == stream.message_step:
                return parts_before(message, stream.step_order)
        return ()

    async def page(
        self,
        thread_id: str,
        request: PageRequest,
        *,
        statuses: SizedCollection[MessageStatus] | None = None,
        exclude_tool: bool = False,
        up_to_message_id: str | None = None,
    ) -> Page[Message]:
        """Rows in ascending position; `up_to_message_id` ends the list with that message's whole turn."""
        match: Doc = {"threadId": thread_id}
        if statuses is not None:
            match["status"] = {"$in": [status.value for status in statuses]}
        if exclude_tool:
            match["tool"] = False
        if up_to_message_id is not None:
            last = await self.get(up_to_message_id)
            if last is None or last.thread_id != thread_id:
                raise not_found("message", up_to_message_id, "upToAndIncludingMessageId")
            match["order"] = {"$lte": last.order}
        return await keyset_page(self.collection, match, _POSITION, request, message_of)

    async def turn_page(self, thread_id: str, request: PageRequest) -> TurnPage:
        """As many whole turns as have at most `limit` UI messages, but at least one turn."""
        return await turn_page(self._pages, thread_id, request)

    async def ui_page(self, thread_id: str, request: PageRequest) -> Page[UIMessage]:
        """The same as UI messages."""
        return (await self.turn_page(thread_id, request)).page()

"""Takes away what belongs to a thread or to some of its rows, in bounded batches.

What leads to something goes after it, so that a batch that was cut short is found again.
"""

from collections.abc import Collection as SizedCollection
from collections.abc import Mapping, Sequence

from pymongo import ASCENDING

from weft.storage.failures import translated
from weft.storage.generations import generation_of
from weft.storage.message_docs import message_of
from weft.storage.streams import stream_of
from weft.storage.types import Collection, Database, Doc, Session
from weft.threads.generations import Generation
from weft.threads.messages import Message
from weft.threads.positions import Position
from weft.threads.streams import Stream, StreamState

Removed = Mapping[str, int]
"""How many documents are gone, by collection; empty when there was none to find."""

_IN_ORDER = [("order", ASCENDING), ("stepOrder", ASCENDING)]


class Removals:
    """Deletes over all collections but `threads`. Reads are of what is about to go."""

    def __init__(self, database: Database) -> None:
        self._messages = database["messages"]
        self._entries = database["searchEntries"]
        self._streams = database["streams"]
        self._deltas = database["deltas"]
        self._generations = database["generations"]
        self._receipts = database["contextReceipts"]
        self._events = database["events"]
        self._pending_calls = database["pendingCalls"]

    async def threads_of(self, message_ids: Sequence[str]) -> dict[str, list[str]]:
        """The messages that exist, by thread."""
        found: dict[str, list[str]] = {}
        with translated():
            docs = await self._messages.find({"_id": {"$in": list(message_ids)}}, projection={"threadId": 1}).to_list()
        for doc in docs:
            found.setdefault(doc["threadId"], []).append(doc["_id"])
        return found

    async def rows(self, session: Session, message_ids: Sequence[str]) -> list[Message]:
        docs = await self._messages.find({"_id": {"$in": list(message_ids)}}, session=session).to_list()
        return [message_of(doc) for doc in docs]

    async def range(
        self, session: Session, thread_id: str, start: Position, end: Position, limit: int
    ) -> list[Message]:
        """The first rows from `start` up to, but not including, `end`."""
        match: Doc = {"threadId": thread_id, "order": {"$gte": start.order, "$lte": end.order}}
        match["$and"] = [
            {"$or": [{"order": {"$gt": start.order}}, {"stepOrder": {"$gte": start.step_order}}]},
            {"$or": [{"order": {"$lt": end.order}}, {"stepOrder": {"$lt": end.step_order}}]},
        ]
        docs = await self._messages.find(match, session=session).sort(_IN_ORDER).limit(limit).to_list()
        return [message_of(doc) for doc in docs]

    async def turns(self, session: Session, thread_id: str, orders: SizedCollection[int]) -> list[Message]:
        """All rows of some turns, ascending."""
        match: Doc = {"threadId": thread_id, "order": {"$in": sorted(orders)}}
        docs = await self._messages.find(match, session=session).sort(_IN_ORDER).to_list()
        return [message_of(doc) for doc in docs]

    async def generations(self, session: Session, thread_id: str, orders: SizedCollection[int]) -> list[Generation]:
        """The jobs of some turns."""
        match: Doc = {"threadId": thread_id, "order": {"$in": sorted(orders)}}
        docs = await self._generations.find(match, session=session).to_list()
        return [generation_of(doc) for doc in docs]

    async def streams(self, session: Session, thread_id: str, positions: SizedCollection[Position]) -> list[Stream]:
        """The streams at some positions."""
        match: Doc = {"threadId": thread_id, "order": {"$in": sorted({position.order for position in positions})}}
        match["state"] = {"$in": [state.value for state in StreamState]}
        streams = map(stream_of, await self._streams.find(match, session=session).to_list())
        return [stream for stream in streams if Position(stream.order, stream.step_order) in positions]

    async def live_streams(self, session: Session, thread_id: str) -> list[str]:
        match = {"threadId": thread_id, "state": StreamState.STREAMING.value}
        return [doc["_id"] for doc in await self._streams.find(match, projection=["_id"], session=session).to_list()]

    async def delete_rows(self, session: Session, message_ids: Sequence[str]) -> None:
        """Rows, what finds them and the calls in them that wait."""
        chosen: Doc = {"_id": {"$in": list(message_ids)}}
        await self._pending_calls.delete_many({"messageId": {"$in": list(message_ids)}}, session=session)
        await self._entries.delete_many(chosen, session=session)
        await self._messages.delete_many(chosen, session=session)

    async def of_thread(self, thread_id: str, tombstone: int, limit: int, session: Session | None = None) -> Removed:
        """Some of all that a thread has, but for its event number `tombstone`; empty when nothing is left.

        Those who owned it once are not told by that event: what told them that it went stays for as long.
        """
        mine: Doc = {"threadId": thread_id}
        told: Doc = {"threadId": thread_id, "seq": {"$lt": tombstone}, "refs.left": {"$exists": False}}
        with translated():
            return (
                await _some(self._generations, mine, limit, session)
                or await _some(self._receipts, mine, limit, session)
                or await _some(self._pending_calls, mine, limit, session)
                or await self._rows_of_thread(thread_id, limit, session)
                or await _some(self._entries, mine, limit, session)
                or await self._streams_of_thread(thread_id, limit, session)
                or await _some(self._events, told, limit, session)
            )

    async def of_streams(self, stream_ids: Sequence[str], limit: int, session: Session | None = None) -> Removed:
        """Some deltas of streams, then the streams; empty when nothing is left."""
        with translated():
            return await self._of_streams(list(stream_ids), limit, session)

    async def of_generations(self, generation_ids: Sequence[str], limit: int) -> Removed:
        """Some of these jobs, then what is kept of their contexts; empty when none is left."""
        chosen: Doc = {"_id": {"$in": list(generation_ids)}}
        with translated():
            return await _some(self._generations, chosen, limit) or await _some(self._receipts, chosen, limit)

    async def _rows_of_thread(self, thread_id: str, limit: int, session: Session | None) -> Removed:
        """What finds them first: it is found by its rows."""
        ids = await _ids(self._messages, {"threadId": thread_id}, limit, session)
        if not ids:
            return {}
        entries = await self._entries.delete_many({"_id": {"$in": ids}}, session=session)
        rows = await self._messages.delete_many({"_id": {"$in": ids}}, session=session)
        return {"searchEntries": entries.deleted_count, "messages": rows.deleted_count}

    async def _streams_of_thread(self, thread_id: str, limit: int, session: Session | None) -> Removed:
        ids = await _ids(self._streams, {"threadId": thread_id}, limit, session)
        return await self._of_streams(ids, limit, session) if ids else {}

    async def _of_streams(self, stream_ids: list[str], limit: int, session: Session | None) -> Removed:
        deltas = await _some(self._deltas, {"streamId": {"$in": stream_ids}}, limit, session)
        return deltas or await _some(self._streams, {"_id": {"$in": stream_ids}}, len(stream_ids) + 1, session)


async def _ids(collection: Collection, match: Doc, limit: int, session: Session | None) -> list[str]:
    docs = await collection.find(match, projection=["_id"], session=session).limit(limit).to_list()
    return [doc["_id"] for doc in docs]


async def _some(collection: Collection, match: Doc, limit: int, session: Session | None = None) -> Removed:
    ids = await _ids(collection, match, limit, session)
    if not ids:
        return {}
    gone = await collection.delete_many({"_id": {"$in": ids}}, session=session)
    return {collection.name: gone.deleted_count}

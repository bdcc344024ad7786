"""Generation jobs. A running one is leased: who holds the newest lease may write, nobody else.

Leases are measured by MongoDB's clock, so that workers on machines with different clocks agree.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel

from weft.storage.failures import translated
from weft.storage.generation_docs import given_doc, given_of, options_doc, options_of
from weft.storage.owners import is_gone, this_process
from weft.storage.paging import Key, keyset_page
from weft.storage.references import restored, storable
from weft.storage.types import Database, Doc, Session
from weft.threads.generations import ACTIVE, Failure, Generation, GenerationStatus
from weft.threads.paging import Page, PageRequest
from weft.threads.usage import Usage

_ACTIVE = [status.value for status in ACTIVE]
_WORKED_ON = [GenerationStatus.QUEUED.value, GenerationStatus.RUNNING.value]
_RUNNING: Doc = {"status": GenerationStatus.RUNNING.value}
_OVER: Doc = {"$expr": {"$lte": ["$leaseUntil", "$$NOW"]}}
_EXPIRED: Doc = _RUNNING | _OVER
_ANYBODYS: Doc = {"status": GenerationStatus.QUEUED.value, "localTo": None}
_LOST: Doc = {"localTo": {"$exists": True}, "status": {"$in": ["queued", "running"]}, **_OVER}
"""Jobs that only one process could run, which does not renew their lease any more."""


class Generations:
    """The `generations` collection."""

    INDEXES = (
        IndexModel([("threadId", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("status", ASCENDING), ("agentName", ASCENDING), ("queuedAt", ASCENDING)]),
        IndexModel([("status", ASCENDING), ("agentName", ASCENDING), ("leaseUntil", ASCENDING)]),
        IndexModel([("threadId", ASCENDING), ("order", ASCENDING), ("_id", ASCENDING)]),
        IndexModel(
            [("status", ASCENDING), ("leaseUntil", ASCENDING)], partialFilterExpression={"localTo": {"$exists": True}}
        ),
        IndexModel(
            [("holder", ASCENDING), ("status", ASCENDING)], partialFilterExpression={"holder": {"$exists": True}}
        ),
        IndexModel(
            [("threadId", ASCENDING), ("clientId", ASCENDING)],
            unique=True,
            partialFilterExpression={"clientId": {"$exists": True}},
        ),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["generations"]

    async def get(self, generation_id: str, session: Session | None = None) -> Generation | None:
        with translated():
            doc = await self.collection.find_one({"_id": generation_id}, session=session)
        return None if doc is None else generation_of(doc)

    async def many(self, generation_ids: list[str]) -> list[Generation]:
        """Those of these that exist."""
        if not generation_ids:
            return []
        with translated():
            docs = await self.collection.find({"_id": {"$in": generation_ids}}).to_list()
        return [generation_of(doc) for doc in docs]

    async def by_client_id(self, session: Session, thread_id: str, client_id: str) -> Generation | None:
        doc = await self.collection.find_one({"threadId": thread_id, "clientId": client_id}, session=session)
        return None if doc is None else generation_of(doc)

    async def active_of_turn(self, session: Session, thread_id: str, order: int) -> list[Generation]:
        match = {"threadId": thread_id, "order": order, "status": {"$in": _ACTIVE}}
        docs = await self.collection.find(match, session=session).to_list()
        return [generation_of(doc) for doc in docs]

    async def under_way(self, session: Session, holder: str, limit: int) -> int:
        """How many of a holder's are queued or running, counted up to a limit."""
        match = {"holder": holder, "status": {"$in": _WORKED_ON}}
        return await self.collection.count_documents(match, session=session, limit=limit)

    async def page(self, thread_id: str, request: PageRequest) -> Page[Generation]:
        """In the order they were asked for."""
        return await keyset_page(self.collection, {"threadId": thread_id}, [Key("_id")], request, generation_of)

    async def claimable(self, agent_names: list[str], limit: int) -> list[Generation]:
        """Jobs nobody works on: those of these agents whose worker is gone, and then the queued, oldest first.

        Among the first are those, of whatever agent, that only a process could run that is gone.
        """
        ours: Doc = {"agentName": {"$in": agent_names}}
        with translated():
            lost = await self.collection.find(_LOST).limit(limit).to_list()
            expired = await self.collection.find(_EXPIRED | ours | {"localTo": None}).limit(limit).to_list()
            queue = self.collection.find(_ANYBODYS | ours)
            queued = await queue.sort([("queuedAt", ASCENDING)]).limit(limit).to_list()
        return [generation_of(doc) for doc in (*lost, *expired, *queued)][:limit]

    async def next_expiry(self, agent_names: list[str]) -> timedelta | None:
        """How long until the first lease on a job of these agents ends, by MongoDB's clock; None when none runs."""
        running = {"$match": {"status": GenerationStatus.RUNNING.value, "agentName": {"$in": agent_names}}}
        left = {"$project": {"left": {"$subtract": ["$leaseUntil", "$$NOW"]}}}
        with translated():
            cursor = await self.collection.aggregate([running, {"$sort": {"leaseUntil": 1}}, {"$limit": 1}, left])
            docs = await cursor.to_list()
        return timedelta(milliseconds=docs[0]["left"]) if docs else None

    async def insert(self, session: Session, generation: Generation) -> None:
        await self.collection.insert_one(generation_doc(generation), session=session)

    async def insert_leased(self, session: Session, generation: Generation, lease_id: str, length: timedelta) -> None:
        """Stores a new job whose first attempt has begun, leased."""
        doc = {"$mergeObjects": [{"$literal": generation_doc(generation)}, _lease(lease_id, length)]}
        await self.collection.update_one({"_id": generation.id}, [{"$replaceWith": doc}], upsert=True, session=session)

    async def replace(self, session: Session, generation: Generation) -> None:
        """Stores the job; its lease stays as it is."""
        fields = generation_doc(generation)
        del fields["_id"]
        await self.collection.update_one({"_id": generation.id}, {"$set": fields}, session=session)

    async def reserve(self, session: Session, generation_id: str, length: timedelta) -> None:
        """Keeps a queued job for its process so long."""
        await self.collection.update_one(
            {"_id": generation_id}, [{"$set": {"leaseUntil": _from_now(length)}}], session=session
        )

    async def take(
        self, session: Session, generation_id: str, lease_id: str, length: timedelta, stream_id: str, now: datetime
    ) -> Generation | None:
        """Begins the next attempt of a queued job, or of a running one whose lease has ended, and leases it.

        Returns the job as it was. `Generation.begun` of it is what is stored now.
        """
        free = {"$or": [{"status": GenerationStatus.QUEUED.value}, _EXPIRED]}
        silent = {"$eq": ["$options.stream", False]}
        begun = {
            "status": GenerationStatus.RUNNING.value,
            "attempts": {"$add": ["$attempts", 1]},
            "stalled": {"$add": [{"$ifNull": ["$stalled", 0]}, 1]},
            "streamId": {"$cond": [silent, None, stream_id]},
            "streamMark": 0,
            "startedAt": {"$ifNull": ["$startedAt", now]},
        }
        change = [{"$set": _lease(lease_id, length) | begun}]
        doc = await self.collection.find_one_and_update({"_id": generation_id, **free}, change, session=session)
        return None if doc is None else generation_of(doc)

    async def renew(self, generation_id: str, lease_id: str, length: timedelta) -> bool:
        """Extends a lease; False when it is not held any more."""
        change = [{"$set": {"leaseUntil": _from_now(length)}}]
        with translated():
            result = await self.collection.update_one(_held(generation_id, lease_id), change)
        return result.matched_count == 1

    async def holds(self, session: Session, generation_id: str, lease_id: str) -> bool:
        return await self.collection.find_one(_held(generation_id, lease_id), session=session) is not None

    async def release_orphans(self) -> int:
        """Ends the leases of this machine's processes that are gone; returns how many."""
        running = {"status": GenerationStatus.RUNNING.value}
        with translated():
            docs = await self.collection.find(running, projection={"leaseId": 1, "leaseOwner": 1}).to_list()
        orphans = [doc for doc in docs if is_gone(doc["leaseOwner"])]
        for doc in orphans:
            await self.release(doc["_id"], doc["leaseId"])
        return len(orphans)

    async def release(self, generation_id: str, lease_id: str, *, in_good_order: bool = False) -> None:
        """Ends a lease at once, so that another worker may take the job over.

        What a stopping worker gives back in good order does not count as an attempt: no job is to blame for a deploy.
        """
        counts = ("attempts", "stalled") if in_good_order else ()
        given_back = {count: {"$subtract": [f"${count}", 1]} for count in counts}
        change = [{"$set": {"leaseUntil": "$$NOW", **given_back}}]
        with translated():
            await self.collection.update_one(_held(generation_id, lease_id), change)

    async def leased(self, session: Session, generation_id: str, lease_id: str) -> Generation | None:
        """The job, whatever became of it, if nobody has leased it since."""
        doc = await self.collection.find_one({"_id": generation_id, "leaseId": lease_id}, session=session)
        return None if doc is None else generation_of(doc)


def _held(generation_id: str, lease_id: str) -> Doc:
    return {"_id": generation_id, "leaseId": lease_id, "status": GenerationStatus.RUNNING.value}


def _lease(lease_id: str, length: timedelta) -> Doc:
    return {"leaseId": lease_id, "leaseOwner": this_process(), "leaseUntil": _from_now(length)}


def _from_now(length: timedelta) -> Doc:
    return {"$add": ["$$NOW", int(length / timedelta(milliseconds=1))]}


def generation_doc(generation: Generation) -> Doc:
    return storable(_doc(generation))


def _doc(generation: Generation) -> Doc:
    return {
        "_id": generation.id,
        "threadId": generation.thread_id,
        "order": generation.order,
        "agentName": generation.agent_name,
        "promptMessageId": generation.prompt_message_id,
        "replyMessageId": generation.reply_message_id,
        **({} if generation.client_id is None else {"clientId": generation.client_id}),
        "status": generation.status.value,
        "error": generation.error,
        "attempts": generation.attempts,
        "stalled": generation.stalled,
        "stepsBefore": generation.steps_before,
        "usage": asdict(generation.usage),
        "options": options_doc(generation.options),
        **({} if generation.given is None else {"given": given_doc(generation.given)}),
        **({} if generation.failure is None else {"failure": asdict(generation.failure)}),
        **({} if not generation.custom else {"custom": generation.custom}),
        **({} if generation.local_to is None else {"localTo": generation.local_to}),
        **({} if generation.holder is None else {"holder": generation.holder}),
        "streamId": generation.stream_id,
        "streamMark": generation.stream_mark,
        "queuedAt": generation.queued_at,
        "startedAt": generation.started_at,
        "endedAt": generation.ended_at,
    }


def generation_of(doc: Doc) -> Generation:
    doc = restored(doc)
    given, failure = doc.get("given"), doc.get("failure")
    return Generation(
        id=doc["_id"],
        thread_id=doc["threadId"],
        order=doc["order"],
        agent_name=doc["agentName"],
        prompt_message_id=doc["promptMessageId"],
        reply_message_id=doc["replyMessageId"],
        client_id=doc.get("clientId"),
        status=GenerationStatus(doc["status"]),
        error=doc["error"],
        attempts=doc["attempts"],
        usage=Usage(**doc["usage"]),
        options=options_of(doc["options"]),
        stream_id=doc["streamId"],
        queued_at=doc["queuedAt"],
        started_at=doc["startedAt"],
        ended_at=doc["endedAt"],
        stalled=doc.get("stalled", 0),
        steps_before=doc.get("stepsBefore", 0),
        stream_mark=doc.get("streamMark", 0),
        given=None if given is None else given_of(given),
        failure=None if failure is None else Failure(**failure),
        custom=doc.get("custom", {}),
        local_to=doc.get("localTo"),
        holder=doc.get("holder"),
    )

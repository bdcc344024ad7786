"""A thread as documents that can be stored again, here or elsewhere: each as it was at one moment.

The thread's own document comes last, so that a thread that was stored by halves is not there and can be stored again.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

import orjson
from bson import json_util
from bson.errors import BSONError
from pymongo import ASCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from weft.errors import ErrorCode, InputError, UnavailableError
from weft.storage.failures import translated
from weft.storage.types import Collection, Database, Doc, Session
from weft.threads.generations import ACTIVE, GenerationStatus
from weft.threads.json_values import is_list, is_object
from weft.threads.messages import MessageStatus

_PARTS: Final = ("messages", "searchEntries", "pendingCalls", "generations", "contextReceipts")
_OF_A_RUN: Final = ("leaseId", "leaseOwner", "leaseUntil", "localTo", "streamId")
_CUT: Final = "it was under way when its thread was exported"
_NO_SNAPSHOT: Final = (239, 246)
_DOLLAR: Final = "$"
_SAFE: Final = "\uff04"
"""Stands before names of fields that begin with a dollar or with itself: in extended JSON a dollar means a type."""

Line = tuple[str, Doc]
"""A collection's name, and a document of it."""


class Archives:
    """Reads and stores threads whole."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._threads = database["threads"]

    async def thread_ids(self, user_id: str) -> list[str]:
        """The threads that a user owns now, oldest first."""
        with translated():
            docs = (
                await self._threads.find({"userId": user_id}, projection=["_id"]).sort("createdAt", ASCENDING).to_list()
            )
        return [doc["_id"] for doc in docs]

    async def read(self, thread_id: str) -> AsyncIterator[Line]:
        """Everything of a thread; nothing when there is none.

        Raises:
            UnavailableError: MongoDB cannot read one moment for so long.
        """
        try:
            with translated():
                async with self._database.client.start_session(snapshot=True) as session:
                    thread = await self._threads.find_one({"_id": thread_id}, session=session)
                    if thread is None:
                        return
                    for name in _PARTS:
                        async for doc in self._all(name, thread_id, session):
                            yield name, doc
                    yield "threads", thread
        except OperationFailure as error:
            if error.code in _NO_SNAPSHOT:
                raise UnavailableError("MongoDB cannot read the thread as it was any more; try again") from error
            raise

    def _all(self, name: str, thread_id: str, session: Session) -> AsyncIterator[Doc]:
        return self._database[name].find({"threadId": thread_id}, session=session)

    async def has(self, thread_id: str) -> bool:
        with translated():
            return await self._threads.find_one({"_id": thread_id}, projection=["_id"]) is not None

    async def store(self, name: str, docs: Sequence[Doc]) -> None:
        """Stores documents of one collection; those of an attempt that was cut short are there already.

        Raises:
            InputError: one of them cannot be stored: its place is taken by another.
        """
        collection: Collection = self._database[name]
        try:
            with translated():
                await collection.insert_many([_settled(name, doc) for doc in docs], ordered=False)
        except (BulkWriteError, DuplicateKeyError) as error:
            if not await self._same(collection, docs):
                message = f"a document of {name} is here already, and is another"
                raise InputError(message, reason=ErrorCode.CONFLICT) from error

    async def _same(self, collection: Collection, docs: Sequence[Doc]) -> bool:
        with translated():
            found = await collection.count_documents({"_id": {"$in": [doc["_id"] for doc in docs]}})
        return found == len(docs)


def written(doc: Doc) -> Doc:
    """The document as JSON values: MongoDB's relaxed extended JSON."""
    text = json_util.dumps(_renamed(doc, _safe), json_options=json_util.RELAXED_JSON_OPTIONS)
    read: Doc = orjson.loads(text)
    return read


def read_back(value: Any) -> Doc:
    """The document that was written. Raises InputError for what is none."""
    try:
        doc: object = json_util.loads(orjson.dumps(value), json_options=json_util.RELAXED_JSON_OPTIONS)
    except (BSONError, ValueError, TypeError, KeyError) as error:
        raise InputError("the document is not in MongoDB's extended JSON") from error
    if not is_object(doc) or not isinstance(doc.get("_id"), str):
        raise InputError("a document is an object with an `_id`")
    read: Doc = _renamed(doc, _unsafe)
    return read


def _safe(name: str) -> str:
    return _SAFE + name if name.startswith((_DOLLAR, _SAFE)) else name


def _unsafe(name: str) -> str:
    return name.removeprefix(_SAFE)


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    if is_object(value):
        return {rename(name): _renamed(each, rename) for name, each in value.items()}
    if is_list(value):
        return [_renamed(each, rename) for each in value]
    return value


def _settled(name: str, doc: Doc) -> Doc:
    """What nobody works on here: an answer that was under way has failed."""
    if name == "generations":
        kept = {field: value for field, value in doc.items() if field not in _OF_A_RUN} | {"streamId": None}
        if doc["status"] in ACTIVE and doc["status"] != GenerationStatus.WAITING.value:
            return kept | {"status": GenerationStatus.FAILED.value, "error": _CUT, "endedAt": doc["queuedAt"]}
        return kept
    if name == "messages" and doc["status"] == MessageStatus.PENDING.value:
        return doc | {"status": MessageStatus.FAILED.value, "error": _CUT}
    return doc

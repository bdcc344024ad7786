"""What of messages can be found: an entry for each complete message that says something, with its text and vectors.

It is written in the transaction that writes the row. `userId` is the owner of the thread; an entry that is hidden from
its user's search has none: only its own thread's search finds it. `embedAt` is there while vectors are to be made.
`pocket` and `apart` serve search by Weft itself: see search/pockets.py and search/words.py.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pymongo import ASCENDING, IndexModel, UpdateOne

from weft.storage.failures import translated
from weft.storage.own_writes import OwnWrites
from weft.storage.search.embedded.pockets import pocket_of
from weft.storage.search.embedded.words import set_apart
from weft.storage.search_spaces import SearchSpaces
from weft.storage.types import Database, Doc, Session
from weft.storage.vector_docs import OF_THE_TEXT, REQUEST_FIELDS, binary, request, settled, vector_fields
from weft.threads.messages import Message, MessageStatus
from weft.threads.vectors import Embeddings, Space

__all__ = ["SearchEntries", "binary", "can_be_found"]

_BEGINNING = 4000


_GIVEN: Final = 100
"""Entries that are given to another user at once."""


class SearchEntries:
    """The `searchEntries` collection."""

    INDEXES = (
        IndexModel([("threadId", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("spaces", ASCENDING), ("_id", ASCENDING)]),
        IndexModel(
            [("embedWith", ASCENDING), ("embedAt", ASCENDING)], partialFilterExpression={"embedWith": {"$gt": ""}}
        ),
        IndexModel([("embedLease", ASCENDING)], partialFilterExpression={"embedLease": {"$gt": ""}}),
        IndexModel([("embedFailed.model", ASCENDING)], partialFilterExpression={"embedFailed.model": {"$gt": ""}}),
    )

    def __init__(self, database: Database, spaces: SearchSpaces, own_writes: OwnWrites) -> None:
        self.collection = database["searchEntries"]
        self._spaces = spaces
        self._own_writes = own_writes
        self.embed_with: tuple[str, ...] = ()
        """The models whose vectors new entries are to get."""

    async def insert(
        self,
        session: Session,
        rows: Sequence[Message],
        owner: str | None,
        *,
        given: Embeddings | None = None,
        embed: bool,
    ) -> None:
        """Stores the entries of new rows in a thread of `owner`. `given`: their vectors, side by side with `rows`."""
        await self._note(given)
        vectors = [None] * len(rows) if given is None else given.vectors
        docs = [
            self._entry(row, owner, embed=embed, given=given, vector=vector)
            for row, vector in zip(rows, vectors, strict=True)
            if can_be_found(row)
        ]
        if docs:
            await self.collection.insert_many(docs, session=session)

    async def replace(
        self,
        session: Session,
        row: Message,
        owner: str | None,
        *,
        given: Embeddings | None = None,
        embed: bool,
    ) -> None:
        """Stores the entry of a changed row; its vectors are gone when its text is another. `given`: its vector."""
        await self._note(given)
        entry = self._entry(row, owner, embed=embed)
        same = {"$eq": ["$text", {"$literal": row.text}]}
        kept = {name: {"$cond": [same, f"${name}", "$$REMOVE"]} for name in (*OF_THE_TEXT, "apart")}
        wanted = {
            name: {"$cond": [same, f"${name}", {"$literal": entry[name]} if name in entry else "$$REMOVE"]}
            for name in REQUEST_FIELDS
        }
        fields = {name: {"$literal": value} for name, value in entry.items() if name not in ("_id", *wanted)}
        update: list[Doc] = [{"$set": kept | wanted}, {"$set": fields}]
        if given is not None and given.space is not None and (vector := given.vectors[0]) is not None:
            update += [{"$set": vector_fields(given.space, vector)}, *settled(given.model)]
        await self.collection.update_one({"_id": row.id}, update, upsert=True, session=session)

    async def texts(self, message_ids: Sequence[str]) -> dict[str, str]:
        """The beginnings of the texts of those that are there, by message."""
        beginning: Doc = {"text": {"$substrCP": ["$text", 0, _BEGINNING]}}
        with translated():
            docs = await self.collection.find({"_id": {"$in": list(message_ids)}}, projection=beginning).to_list()
        return {doc["_id"]: doc["text"] for doc in docs}

    async def remove(self, session: Session, message_ids: Sequence[str]) -> None:
        await self.collection.delete_many({"_id": {"$in": list(message_ids)}}, session=session)

    async def give_some(self, session: Session | None, thread_id: str, user_id: str | None) -> bool:
        """Gives some entries of a thread to its new owner; whether there may be more to give.

        An entry's place in the text index follows its user, so that giving away many takes long.
        """
        match: Doc = {"threadId": thread_id, "hidden": {"$exists": False}, "userId": {"$ne": user_id}}
        with translated():
            found = await self.collection.find(match, projection=["_id"], session=session).limit(_GIVEN).to_list()
            chosen: Doc = {"_id": {"$in": [doc["_id"] for doc in found]}}
            given: Doc = {"userId": user_id, "pocket": pocket_of(user_id, thread_id)}
            if found:
                await self.collection.update_many(chosen, {"$set": given}, session=session)
        return bool(len(found) == _GIVEN)

    async def set_vectors(self, vectors: Mapping[str, Sequence[float]], model: str) -> None:
        """Stores vectors of messages that are still there, by message; they need not be made any more."""
        updates: list[UpdateOne] = []
        for message_id, vector in vectors.items():
            space = Space(model, len(vector))
            await self._spaces.note(space)
            change = [{"$set": vector_fields(space, vector)}, *settled(model)]
            updates.append(UpdateOne({"_id": message_id}, change))
        if updates:
            with translated():
                async with self.collection.database.client.start_session() as session:
                    done = await self.collection.bulk_write(updates, ordered=False, session=session)
                    if done.modified_count == len(updates):  # else the last one may not be told of, nor its time
                        self._own_writes.written(session)

    async def _note(self, given: Embeddings | None) -> None:
        if given is not None and given.space is not None:
            await self._spaces.note(given.space)

    def _entry(
        self,
        row: Message,
        owner: str | None,
        *,
        embed: bool,
        given: Embeddings | None = None,
        vector: Sequence[float] | None = None,
    ) -> Doc:
        user_id = None if row.hidden_from_user_search else owner or row.user_id
        apart = set_apart(row.text or "")
        entry: Doc = {
            "_id": row.id,
            "threadId": row.thread_id,
            "userId": user_id,
            "pocket": pocket_of(user_id, row.thread_id),
            "order": row.order,
            "stepOrder": row.step_order,
            "text": row.text,
            **({"hidden": True} if row.hidden_from_user_search else {}),
            **({} if apart is None else {"apart": apart}),
            **({} if row.agent_name is None else {"agentName": row.agent_name}),
        }
        models = self.embed_with if embed else ()
        if given is not None and vector is not None:
            space = Space(given.model, len(vector))
            entry |= {"vectors": {space.key: binary(vector)}, "spaces": [space.key]}
            models = tuple(model for model in models if model != given.model)
        return entry | request(models)


def can_be_found(row: Message) -> bool:
    """Complete rows that say something and call no tool (behaviour.md row 100)."""
    return row.status is MessageStatus.SUCCESS and not row.tool and bool(row.text and row.text.strip())

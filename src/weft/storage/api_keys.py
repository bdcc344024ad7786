"""API keys. A key that is not revoked holds its name: `heldName` is there until then, and unique.

Revoked ones are kept for a while, so that a list can tell what became of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pymongo import ASCENDING, IndexModel, UpdateOne

from weft.storage.failures import translated
from weft.storage.paging import Key, keyset_page
from weft.storage.types import Database, Doc, Session
from weft.threads.api_keys import ApiKey
from weft.threads.paging import Page, PageRequest

_AT_ONCE: Final = 1000
_KEPT: Final = timedelta(days=90)

LOST_ITS_POWER: Final[Doc] = {
    "$or": [
        {"operationType": {"$in": ["delete", "replace"]}},
        {"operationType": "update", "updateDescription.updatedFields.lastUsedAt": {"$exists": False}},
    ]
}
"""Of changes of a key those that may end what it has opened; notes of its use are not."""


class ApiKeys:
    """The `apiKeys` collection. `digest` is the SHA-256 of the secret; the secret itself is nowhere."""

    INDEXES = (
        IndexModel([("heldName", ASCENDING)], unique=True, partialFilterExpression={"heldName": {"$exists": True}}),
        IndexModel([("userId", ASCENDING), ("createdAt", ASCENDING)], partialFilterExpression={"userId": {"$gt": ""}}),
        IndexModel([("revokedAt", ASCENDING)], expireAfterSeconds=int(_KEPT / timedelta(seconds=1))),
    )

    def __init__(self, database: Database) -> None:
        self.collection = database["apiKeys"]

    async def get(self, key_id: str, session: Session | None = None) -> ApiKey | None:
        with translated():
            doc = await self.collection.find_one({"_id": key_id}, session=session)
        return None if doc is None else key_of(doc)

    async def named(self, name: str, session: Session | None = None) -> ApiKey | None:
        """The key that holds a name."""
        with translated():
            doc = await self.collection.find_one({"heldName": name}, session=session)
        return None if doc is None else key_of(doc)

    async def page(self, request: PageRequest) -> Page[ApiKey]:
        """All of them, newest first."""
        return await keyset_page(self.collection, {}, [Key("_id", ascending=False)], request, key_of)

    async def insert(self, session: Session, key: ApiKey) -> None:
        await self.collection.insert_one(key_doc(key), session=session)

    async def revoke(self, session: Session, key_id: str, now: datetime) -> bool:
        """False when it was revoked before, or is not there."""
        match = {"_id": key_id, "revokedAt": {"$exists": False}}
        change: Doc = {"$set": {"revokedAt": now}, "$unset": {"heldName": ""}}
        result = await self.collection.update_one(match, change, session=session)
        return result.modified_count == 1

    async def revoke_of_user(self, user_id: str, until: datetime, now: datetime) -> None:
        """Revokes all that a user was given up to a time."""
        match: Doc = _of_user(user_id, until) | {"revokedAt": {"$exists": False}}
        with translated():
            await self.collection.update_many(match, {"$set": {"revokedAt": now}, "$unset": {"heldName": ""}})

    async def remove_of_user(self, session: Session, user_id: str, until: datetime) -> int:
        """Removes some of those that a user was given up to a time, revoked or not; how many, 0 when all are gone."""
        found = self.collection.find(_of_user(user_id, until), projection=["_id"], session=session).limit(_AT_ONCE)
        ids = [doc["_id"] for doc in await found.to_list()]
        if not ids:
            return 0
        return (await self.collection.delete_many({"_id": {"$in": ids}}, session=session)).deleted_count

    async def good(self, key_ids: Sequence[str], now: datetime) -> set[str]:
        """Which of them still open something."""
        good: set[str] = set()
        for start in range(0, len(key_ids), _AT_ONCE):
            with translated():
                docs = await self.collection.find({"_id": {"$in": list(key_ids[start : start + _AT_ONCE])}}).to_list()
            good |= {key.id for key in map(key_of, docs) if key.good(now)}
        return good

    async def note_use(self, used: Mapping[str, datetime]) -> None:
        """Notes when keys were last used; never an earlier time than is noted."""
        changes = [UpdateOne({"_id": key_id}, {"$max": {"lastUsedAt": at}}) for key_id, at in used.items()]
        with translated():
            await self.collection.bulk_write(changes, ordered=False)


def _of_user(user_id: str, until: datetime) -> Doc:
    return {"userId": user_id, "createdAt": {"$lte": until}}


def key_doc(key: ApiKey) -> Doc:
    times = {"expiresAt": key.expires_at, "lastUsedAt": key.last_used_at, "revokedAt": key.revoked_at}
    held = {} if key.name is None or key.revoked_at is not None else {"heldName": key.name}
    return {
        "_id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "userId": key.user_id,
        "createdAt": key.created_at,
        "digest": key.digest,
        **{name: at for name, at in times.items() if at is not None},
        **held,
    }


def key_of(doc: Doc) -> ApiKey:
    return ApiKey(
        id=doc["_id"],
        name=doc["name"],
        scopes=tuple(doc["scopes"]),
        user_id=doc["userId"],
        created_at=doc["createdAt"],
        digest=bytes(doc["digest"]),
        expires_at=doc.get("expiresAt"),
        last_used_at=doc.get("lastUsedAt"),
        revoked_at=doc.get("revokedAt"),
    )

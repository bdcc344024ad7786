"""What generations were sent to answer from: of each its newest model call. They go with their generation.

A receipt is written beside the answer, in no transaction: one that comes when its generation is gone already is taken
away again by whoever wrote it.
"""

from dataclasses import asdict
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from weft.storage.failures import translated
from weft.storage.types import Database, Doc
from weft.threads.context_items import ContextSource, LeftOut
from weft.threads.context_receipts import ContextReceipt, ReceiptItem
from weft.threads.messages import MessageRole
from weft.threads.search import Hit


class ContextReceipts:
    """The `contextReceipts` collection."""

    INDEXES = (IndexModel([("threadId", ASCENDING)]),)

    def __init__(self, database: Database) -> None:
        self.collection = database["contextReceipts"]
        self._generations = database["generations"]

    async def put(self, receipt: ContextReceipt) -> None:
        """Stores it in place of that of an earlier call; one of an earlier call than is stored changes nothing."""
        chosen: Doc = {"_id": receipt.generation_id, "call": {"$lte": receipt.call}}
        with translated():
            try:
                await self.collection.replace_one(chosen, receipt_doc(receipt), upsert=True)
            except DuplicateKeyError:
                return
            if await self._generations.find_one({"_id": receipt.generation_id}, projection=["_id"]) is None:
                await self.collection.delete_one({"_id": receipt.generation_id})

    async def get(self, generation_id: str) -> ContextReceipt | None:
        with translated():
            doc = await self.collection.find_one({"_id": generation_id})
        return None if doc is None else receipt_of(doc)


def receipt_doc(receipt: ContextReceipt) -> Doc:
    return {
        "_id": receipt.generation_id,
        "threadId": receipt.thread_id,
        "call": receipt.call,
        "items": [_item_doc(item) for item in receipt.items],
        "problems": list(receipt.problems),
        "searchedMessageId": receipt.searched_message_id,
        "searchedGiven": receipt.searched_given,
        "madeAt": receipt.made_at,
    }


def receipt_of(doc: Doc) -> ContextReceipt:
    return ContextReceipt(
        generation_id=doc["_id"],
        thread_id=doc["threadId"],
        call=doc["call"],
        items=[_item_of(item) for item in doc["items"]],
        problems=doc["problems"],
        made_at=doc["madeAt"],
        searched_message_id=doc["searchedMessageId"],
        searched_given=doc["searchedGiven"],
    )


def _item_doc(item: ReceiptItem) -> Doc:
    """What is not known has no field: there may be thousands."""
    fields: dict[str, Any] = {
        "messageId": item.message_id,
        "given": item.given,
        "kept": None if item.kept is None else list(item.kept),
        "hit": None if item.hit is None else asdict(item.hit),
        "leftOut": None if item.left_out is None else item.left_out.value,
    }
    known = {name: value for name, value in fields.items() if value is not None}
    return {"source": item.source.value, "role": item.role.value, "tokens": item.tokens, **known}


def _item_of(doc: Doc) -> ReceiptItem:
    hit, left_out = doc.get("hit"), doc.get("leftOut")
    return ReceiptItem(
        source=ContextSource(doc["source"]),
        role=MessageRole(doc["role"]),
        tokens=doc["tokens"],
        message_id=doc.get("messageId"),
        given=doc.get("given"),
        kept=doc.get("kept"),
        hit=None if hit is None else Hit(**hit),
        left_out=None if left_out is None else LeftOut(left_out),
    )

"""Threads to measure on, of any length at once: valid documents put straight into the collections."""

from dataclasses import replace
from datetime import UTC, datetime

from weft.storage.message_docs import message_doc
from weft.storage.store import Store
from weft.storage.threads import thread_doc
from weft.threads import ids
from weft.threads.messages import FinishReason, Message, MessageRole, MessageStatus
from weft.threads.threads import Thread, ThreadStatus

_BATCH = 5000
_SAID = "The shuttle carries the weft through the warp, and the reed beats it into the cloth. " * 2


async def new_thread(store: Store, messages: int = 0) -> str:
    """A thread of that many messages, an even number: turns of a prompt and an answer."""
    now = datetime.now(UTC)
    thread = Thread(
        id=ids.new_id(ids.THREAD),
        user_id=None,
        title=None,
        summary=None,
        status=ThreadStatus.ACTIVE,
        metadata=None,
        created_at=now,
        updated_at=now,
        last_message_at=now if messages else None,
        seq=2 * messages + 1,  # as if each had been saved by itself
        last_order=messages // 2 - 1,
    )
    await store.threads.collection.insert_one(thread_doc(thread))
    await _fill(store, thread, messages)
    return thread.id


async def _fill(store: Store, thread: Thread, messages: int) -> None:
    templates = [message_doc(row_of(thread, role)) for role in (MessageRole.USER, MessageRole.ASSISTANT)]
    for start in range(0, messages, _BATCH):
        docs = [
            templates[n % 2] | {"_id": ids.new_id(ids.MESSAGE), "order": n // 2, "stepOrder": n % 2}
            for n in range(start, min(start + _BATCH, messages))
        ]
        await store.messages.collection.insert_many(docs)


def row_of(thread: Thread, role: MessageRole) -> Message:
    """The first message of a thread, without an id."""
    row = Message(
        id="",
        thread_id=thread.id,
        user_id=thread.user_id,
        client_id=None,
        order=0,
        step_order=0,
        role=role,
        status=MessageStatus.SUCCESS,
        content=[{"type": "text", "text": _SAID}],
        text=_SAID,
        tool=False,
        agent_name=None,
        model=None,
        provider=None,
        finish_reason=None,
        error=None,
        reasoning=None,
        usage=None,
        sources=None,
        warnings=None,
        provider_metadata=None,
        provider_options=None,
        created_at=thread.created_at,
        updated_at=thread.created_at,
    )
    if role is MessageRole.USER:
        return row
    return replace(row, agent_name="essay", model="scripted", provider="test", finish_reason=FinishReason.STOP)

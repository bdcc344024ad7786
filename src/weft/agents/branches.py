"""A branch: a new thread that begins as a copy of another one's history, visible only when it is complete.

The copy begins with the job that deletes it again, held by whoever copies; the transaction that makes the thread takes
the job away. A copy that was cut off is so cleaned up like any other deletion. What finds its messages is there before
the thread is, and belongs to the user whose thread it was when it was read: no other user's branch is made of it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from weft.errors import ErrorCode, InputError, UnavailableError, not_found
from weft.storage.changes import Change
from weft.storage.copies import History, copy_history
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.clock import utc_now
from weft.threads.deletions import Deletion, DeletionKind
from weft.threads.messages import MessageStatus
from weft.threads.positions import MessagePosition, Position
from weft.threads.threads import Thread, ThreadStatus
from weft.threads.usage import NO_USAGE

_LEASE: Final = timedelta(seconds=10)
_FOR_EVER: Final = 2**53


async def branch(store: Store, thread_id: str, last_message_id: str | None, title: str | None) -> Thread:
    """The new thread. Pending rows are not copied: whoever writes them writes to the original."""
    if await store.threads.get(thread_id) is None:
        raise not_found("thread", thread_id, "input", "threadId")
    last = None if last_message_id is None else await _last(store, thread_id, last_message_id)
    lease_id = ids.new_id("lea")
    unfinished = Deletion(
        id=ids.new_id(ids.DELETION),
        kind=DeletionKind.THREAD,
        created_at=utc_now(),
        thread_id=ids.new_id(ids.THREAD),
        tombstone=_FOR_EVER,
    )
    await store.deletions.insert(None, unfinished, lease_id, _LEASE)
    try:
        return await _copy(store, thread_id, last, title, unfinished, lease_id)
    except BaseException:
        await store.deletions.release(unfinished.id, lease_id)
        raise


async def _last(store: Store, thread_id: str, message_id: str) -> Position:
    row = await store.messages.get(message_id)
    if row is None or row.thread_id != thread_id:
        raise not_found("message", message_id, "input", "upToAndIncludingMessageId")
    if row.status is MessageStatus.PENDING:
        message = f"message {message_id} is still being written; branch from it when it is complete"
        raise InputError(message, reason=ErrorCode.CONFLICT, path=("input", "upToAndIncludingMessageId"))
    return row.position


async def _copy(
    store: Store, thread_id: str, last: Position | None, title: str | None, unfinished: Deletion, lease_id: str
) -> Thread:
    target = unfinished.thread_id
    assert target is not None

    async def hold(copied: int) -> None:
        if not await store.deletions.renew(unfinished.id, lease_id, _LEASE, copied):
            raise UnavailableError("copying took too long; try again")

    history = await copy_history(store, thread_id, target, last, hold)

    async def publish(change: Change) -> Thread:
        if change.thread.user_id != history.user_id:
            raise UnavailableError("the thread was given to another user while it was copied; try again")
        await store.threads.note_branch(change.session, thread_id)
        made = _branched(change.thread, target, history, title)
        await store.add_thread(change.session, made)
        if not await store.deletions.finish(change.session, unfinished.id, lease_id):
            raise UnavailableError("copying took too long; try again")
        return made

    return await store.change(thread_id, publish)


def _branched(origin: Thread, thread_id: str, history: History, title: str | None) -> Thread:
    now, last = utc_now(), history.last
    return replace(
        origin,
        id=thread_id,
        title=origin.title if title is None else title,
        status=ThreadStatus.ACTIVE,
        created_at=now,
        updated_at=now,
        last_message_at=history.last_at,
        seq=1,
        last_order=-1 if last is None else last.order,
        branched_from=None if last is None else MessagePosition(origin.id, last.order, last.step_order),
        usage=NO_USAGE,
    )

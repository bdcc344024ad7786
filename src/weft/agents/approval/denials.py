"""Approvals that a new generation finds open are denied, and stored so: no later decision can run those calls."""

import logging
from itertools import groupby
from typing import Final

from weft.agents.approval.closing import deny_calls
from weft.agents.turns import abort_in
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.generations import GenerationStatus
from weft.threads.pending_calls import PendingCall, PendingKind

_LOG = logging.getLogger(__name__)

NEW_GENERATION: Final = "auto-denied: new generation started"


async def deny_open(store: Store, change: Change, reason: str = NEW_GENERATION, order: int | None = None) -> None:
    """Denies the open approvals of the change's thread, or of one of its turns; one tool row a step says so.

    A generation that waited for nothing else is aborted with the reason. Calls that wait for their result stay open.
    """
    if not change.asks:
        return
    if order is None:
        calls = await store.pending_calls.open_of_thread(change.thread.id, change.session)
    else:
        calls = await store.pending_calls.open_of_turn(change.session, change.thread.id, order)
    approvals = sorted(
        (call for call in calls if call.kind is PendingKind.APPROVAL), key=lambda call: (call.message_id, call.id)
    )
    for message_id, group in groupby(approvals, key=lambda call: call.message_id):
        await _deny_step(store, change, message_id, list(group), reason)
    if order is None and len(approvals) == len(calls):
        change.asks_no_more()
    for generation_id in sorted({call.generation_id for call in approvals}):
        await _end_if_nothing_waits(store, change, generation_id, reason)


async def _deny_step(store: Store, change: Change, message_id: str, calls: list[PendingCall], reason: str) -> None:
    asking = await store.messages.get(message_id, change.session)
    if asking is None:
        return
    await deny_calls(store, change, asking, calls, reason)
    for call in calls:
        facts = {"approval": call.id, "thread_id": call.thread_id, "generation": call.generation_id, "reason": reason}
        _LOG.warning("an open approval was denied", extra=facts)


async def _end_if_nothing_waits(store: Store, change: Change, generation_id: str, reason: str) -> None:
    generation = await store.generations.get(generation_id, change.session)
    if generation is None or generation.status is not GenerationStatus.WAITING:
        return
    left = await store.pending_calls.open_of_turn(change.session, change.thread.id, generation.order)
    if not any(call.generation_id == generation_id for call in left):
        await abort_in(store, change, generation, reason)

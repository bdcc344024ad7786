"""Waiting calls whose time is over: they are denied, on the same way as by a person, and their generation goes on."""

import logging
from datetime import timedelta
from typing import Final

from weft.agents.approval.decided import error_output
from weft.agents.approval.decisions import Decision, answer, respond
from weft.agents.approval.verdicts import Verdict
from weft.errors import InputError
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.pending_calls import PendingCall, PendingKind

_LOG = logging.getLogger(__name__)
_BATCH: Final = 100
_AGAIN: Final = timedelta(seconds=1)

EXPIRED: Final = "expired"


async def expire(store: Store) -> timedelta | None:
    """Denies what has expired; returns how long until the next call does, None when none will.

    Several workers may do so at once: each call is decided by one of them.
    """
    calls = await store.pending_calls.expired(_BATCH)
    decided = [await _expire(store, call) for call in calls]
    left = await store.pending_calls.next_expiry()
    if left is None or left > timedelta(0):
        return left
    return timedelta(0) if any(decided) else _AGAIN


async def _expire(store: Store, call: PendingCall) -> bool:
    async def work(change: Change) -> Decision:
        if call.kind is PendingKind.APPROVAL:
            return await respond(store, change, call, Verdict(False, EXPIRED))
        return await answer(store, change, call, error_output(EXPIRED), Verdict(reason=EXPIRED))

    facts = {"approval": call.id, "thread_id": call.thread_id, "generation": call.generation_id}
    try:
        await store.change(call.thread_id, work)
    except InputError as error:
        _LOG.info("a call that expired was ended elsewhere", extra={**facts, "error": error.message})
        return False
    _LOG.info("a waiting call expired", extra=facts)
    return True

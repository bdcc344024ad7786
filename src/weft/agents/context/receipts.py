"""Keeps what each model call was sent, beside the answer: nothing waits for it, and its failure is only logged."""

import asyncio
import logging
from typing import Final

from weft.agents.context.assembly import Context
from weft.errors import UnavailableError
from weft.storage.store import Store
from weft.threads.clock import utc_now
from weft.threads.context_receipts import ContextReceipt, receipt_item
from weft.threads.generations import Generation

_LOG: Final = logging.getLogger(__name__)
_CALLS_OF_AN_ATTEMPT: Final = 1000
_PATIENCE_SECONDS: Final = 2.0


class Receipts:
    """Those of one attempt, one write at a time; a newer one takes the place of one that still waits."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: ContextReceipt | None = None
        self._writing: asyncio.Task[None] | None = None

    def keep(self, generation: Generation, step: int, context: Context) -> None:
        """Begins to store what the model call of a step is sent."""
        self._waiting = _receipt(generation, step, context)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name=f"weft-receipt-{generation.id}")

    async def settled(self) -> None:
        """Waits a moment for what is being written, so that the receipt is there before the answer is."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=_PATIENCE_SECONDS)

    async def aclose(self) -> None:
        """What is still not written then never is."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait({self._writing})

    async def _write(self) -> None:
        while (receipt := self._waiting) is not None:
            self._waiting = None
            about = {"generation": receipt.generation_id, "thread_id": receipt.thread_id}
            try:
                await self._store.context_receipts.put(receipt)
            except UnavailableError as error:
                _LOG.warning("a receipt of a context could not be stored", extra={**about, "error": error.message})
            except Exception:
                _LOG.exception("a receipt of a context could not be stored", extra=about)


def _receipt(generation: Generation, step: int, context: Context) -> ContextReceipt:
    searched = context.searched
    return ContextReceipt(
        generation_id=generation.id,
        thread_id=generation.thread_id,
        call=generation.attempts * _CALLS_OF_AN_ATTEMPT + step,
        items=[receipt_item(item) for item in (*context.items, *context.left_out)],
        problems=context.problems,
        made_at=utc_now(),
        searched_message_id=None if searched is None else searched.message_id,
        searched_given=None if searched is None else searched.given,
    )

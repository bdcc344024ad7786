"""Makes the vectors that saved messages are to get: many texts in one call, each for as long as its lease is held.

Woken by saves, and when something is due again. Several processes share the work. A model that fails is left alone for
a while; a text that its model refuses does not keep others waiting, and is given up in the end.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from weft.agents.embedding.calls import make
from weft.agents.embedding.models import Models
from weft.agents.embedding.outcomes import Backoff, Batch, code_of, settle
from weft.agents.embedding.splitting import embed_each
from weft.agents.looping import repeat, woken
from weft.agents.undoing import taken
from weft.errors import ProviderError, UnavailableError
from weft.llm.embeddings import EmbeddingModel
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.cancellation import heed_cancellation
from weft.threads.events import EventKind, StoredEvent
from weft.threads.messages import MessageStatus

_LOG = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=30)
MOST_TEXTS: Final = 100
"""Texts of one batch."""
_AT_ONCE: Final = 3
_SWEEP_SECONDS: Final = 30.0
_SHORTEST_REST: Final = 0.05
_GATHER_SECONDS: Final = 0.02
"""How long others are waited for that are saved at about the same time: they share a call."""


@dataclass(slots=True)
class _Pause:
    """A model that failed: until when it is left alone, how often it has failed in a row, and with what."""

    until: float = 0.0
    failures: int = 0
    code: str = ""


@dataclass(slots=True)
class _Running:
    batch: Batch
    task: "asyncio.Task[None]" = field(init=False)


class Embedder:
    """Run it with `run` in a task of its own; cancelling that hands its work over."""

    def __init__(
        self, store: Store, models: Models, *, lease: timedelta = LEASE, backoff: Backoff | None = None
    ) -> None:
        self.backoff = backoff or Backoff()
        self._store = store
        self._models = models
        self._lease = lease
        self._wake = asyncio.Event()
        self._running: dict[str, _Running] = {}
        self._pauses: dict[str, _Pause] = {}

    def hear(self, event: StoredEvent) -> None:
        """Takes an event of the feed: a message that is saved may wait for its vector."""
        if event.kind is EventKind.MESSAGE_SAVED and event.refs.get("status") == MessageStatus.SUCCESS.value:
            self._wake.set()

    def wake(self) -> None:
        """Looks for work now."""
        self._wake.set()

    def trouble(self, model: str) -> str | None:
        """What this process was last told by a model that fails; None when it answers."""
        pause = self._pauses.get(model)
        return None if pause is None else pause.code

    async def run(self) -> None:
        """Works until cancelled; then gives its leases back, so that others go on at once."""
        renewing = asyncio.create_task(self._renew(), name="weft-embedding-leases")
        try:
            await self._store.embedding_queue.release_orphans()
            await repeat(self._claim_all, self._rest, log=_LOG, failing="vectors wait for the store", wake=self._wake)
        finally:
            renewing.cancel()
            await self._hand_over()

    async def _claim_all(self) -> None:
        """Models that fail come last: a message may wait for vectors of others as well."""
        models = self._models.workable
        for name, model in sorted(models.items(), key=lambda known: known[0] in self._pauses):
            while self._has_room(name) and await self._claim(name, model):
                pass

    def _has_room(self, name: str) -> bool:
        busy = sum(each.batch.name == name for each in self._running.values())
        return busy < _AT_ONCE and self._paused_for(name) <= 0

    def _paused_for(self, name: str) -> float:
        pause = self._pauses.get(name)
        return 0.0 if pause is None else pause.until - time.monotonic()

    async def _claim(self, name: str, model: EmbeddingModel) -> bool:
        """False when there is nothing more to claim now."""
        lease_id, queue = ids.new_id("lea"), self._store.embedding_queue
        claiming = queue.claim(name, lease_id, self._lease, MOST_TEXTS)
        claimed = await taken(claiming, lambda got: queue.release([each.message_id for each in got], lease_id))
        if not claimed:
            return False
        running = _Running(Batch(name, model, lease_id, claimed))
        self._running[lease_id] = running
        running.task = asyncio.create_task(self._work(running.batch), name=f"weft-embedding-{lease_id}")
        return len(claimed) == MOST_TEXTS

    async def _work(self, batch: Batch) -> None:
        facts = {"model": batch.name, "texts": len(batch.waiting)}
        try:
            await self._embed(batch)
        except UnavailableError as error:
            _LOG.warning("vectors could not be stored", extra={**facts, "error": error.message})
        except Exception:
            _LOG.exception("vectors could not be made and will be tried again", extra=facts)
        finally:
            del self._running[batch.lease_id]
            self._wake.set()

    async def _embed(self, batch: Batch) -> None:
        outcomes = await embed_each(lambda part: make(batch.model, part), [each.text for each in batch.said])
        failed = next(iter(outcomes.errors.values())) if outcomes.model_failed else None
        await self._note(batch.name, failed, answered=bool(outcomes.vectors))
        await settle(self._store, self._models, batch, outcomes, self.backoff)

    async def _note(self, name: str, failed: ProviderError | None, *, answered: bool) -> None:
        """A model that fails is left alone; when it answers again, all that has waited is due."""
        if failed is not None:
            pause = self._pauses.setdefault(name, _Pause())
            seconds = self.backoff.pause(pause.failures, failed)
            pause.until, pause.code = time.monotonic() + seconds, code_of(failed)
            pause.failures += 1
            facts = {"model": name, "code": pause.code, "seconds": round(seconds, 1)}
            _LOG.warning("an embedding model failed and is left alone for a while", extra=facts)
        elif answered and self._pauses.pop(name, None) is not None:
            await self._store.embedding_queue.hasten(name)

    async def _rest(self) -> None:
        """Until woken, by a save or by a batch that ends; or until something may be due."""
        seconds = _SWEEP_SECONDS
        for name in self._models.workable:
            busy = sum(each.batch.name == name for each in self._running.values())
            if busy < _AT_ONCE and (left := await self._store.embedding_queue.next_due(name)) is not None:
                seconds = min(seconds, max(left / timedelta(seconds=1), self._paused_for(name)))
        if await woken(self._wake, max(_SHORTEST_REST, seconds)):
            await asyncio.sleep(_GATHER_SECONDS)

    async def _renew(self) -> None:
        while True:
            heed_cancellation()
            await asyncio.sleep(self._lease / timedelta(seconds=3))
            for running in list(self._running.values()):
                batch = running.batch
                try:
                    await self._store.embedding_queue.renew(batch.ids, batch.lease_id, self._lease)
                except UnavailableError:
                    continue
                except Exception:
                    _LOG.exception("a lease could not be renewed", extra={"model": batch.name})

    async def _hand_over(self) -> None:
        held = list(self._running.values())
        for running in held:
            running.task.cancel()
        await asyncio.gather(*(running.task for running in held), return_exceptions=True)
        queue = self._store.embedding_queue
        releases = (queue.release(each.batch.ids, each.batch.lease_id) for each in held)
        await asyncio.gather(*releases, return_exceptions=True)

"""Vectors of texts and of messages: `weft.embeddings`."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from weft.agents.embedding.calls import Beneficiary, make_for
from weft.agents.embedding.embedder import Embedder
from weft.agents.embedding.migrating import Migrating
from weft.agents.embedding.models import Models
from weft.agents.embedding.vectors import MOST_AT_ONCE, VectorManagement
from weft.errors import InputError, UnavailableError
from weft.llm.embeddings import EmbeddingModel, spec_of
from weft.storage.store import Store
from weft.storage.vectors import Entry
from weft.threads import ids
from weft.threads.embeddings import LONGEST_TEXT, Pending, embeddable
from weft.threads.vectors import Space

if TYPE_CHECKING:
    from weft.agents.run_context import RunContext

__all__ = ["LONGEST_TEXT", "EmbeddingService"]

_LOG = logging.getLogger(__name__)

REFRESH: Final = timedelta(seconds=2)
"""How soon a process knows of a migration that another has begun, or switched."""
_MOST_KNOWN: Final = 64
_CLAIM: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model: how many vectors there are, wait to be made and were given up, and what it has failed with just now."""

    model: str
    stored: int
    waiting: int
    failed: int
    errors: Sequence[str]
    trouble: str | None


class EmbeddingService(VectorManagement, Migrating):
    """What applications and searches ask for vectors. `embedder`: the one of this process, if it works."""

    def __init__(
        self, store: Store, models: Models, embedder: Embedder | None = None, *, refresh: timedelta = REFRESH
    ) -> None:
        VectorManagement.__init__(self, store, models)
        Migrating.__init__(self, store, models, 3 * refresh)
        self._embedder = embedder
        self._refresh = refresh
        self._known: OrderedDict[tuple[str, str], Sequence[float]] = OrderedDict()

    def current(self, model: EmbeddingModel) -> EmbeddingModel:
        """The model whose vectors are searched where this one is configured: itself, unless it was switched."""
        return self._models.current(model)

    def register(self, model: EmbeddingModel) -> None:
        """Makes a model known by its name, so that vectors can be moved to it before an agent has it."""
        self._models.register(model)

    async def vector_of(
        self,
        model: EmbeddingModel,
        text: str,
        run: "RunContext | None" = None,
        *,
        message_id: str | None = None,
    ) -> Sequence[float]:
        """The vector of a text, of exactly this model. `run`: the run that asks, whose agent is told what was used.

        `message_id`: the message that says this. Its stored vector is used; one that has to be made is stored.

        Raises:
            InputError: the text is empty. ProviderError: the model failed. UnavailableError: the store did.
        """
        name, wanted = spec_of(model), embeddable(text)
        if not wanted:
            raise InputError("No text to embed")
        entry = None if message_id is None else await self._entry(message_id, wanted)
        if entry is not None and (stored := await self._stored(entry, name)) is not None:
            return stored
        if entry is None:
            return await self._made(model, wanted, run)
        async with self._claimed(entry, name):
            vector = await self._made(model, wanted, run)
            await self._keep(entry, vector, name)
            return vector

    async def _made(self, model: EmbeddingModel, text: str, run: "RunContext | None") -> Sequence[float]:
        name = spec_of(model)
        vector = self._known.get((name, text))
        if vector is None:
            vector = await make_for(self._beneficiary(name, run), model, text)
        self._remember(name, text, vector)
        return vector

    @asynccontextmanager
    async def _claimed(self, entry: Entry, model: str) -> AsyncGenerator[None, None]:
        """A message that waits for this vector is not embedded by others meanwhile."""
        queue, lease_id = self._store.embedding_queue, ids.new_id("lea")
        held = await queue.claim_one(entry.message_id, model, lease_id, _CLAIM)
        try:
            yield
        finally:
            if held:  # what was stored is not leased any more
                await queue.release([entry.message_id], lease_id)

    async def _entry(self, message_id: str, text: str) -> Entry | None:
        """What finds the message, if that is the text which it says."""
        entry = (await self._store.vectors.entries([message_id])).get(message_id)
        return entry if entry is not None and embeddable(entry.text) == text else None

    async def _stored(self, entry: Entry, model: str) -> Sequence[float] | None:
        for space in await self._store.search_spaces.of_model(model) if entry.spaces else ():
            if space.key in entry.spaces:
                return await self._store.vectors.of_message(entry.message_id, space)
        return None

    async def _keep(self, entry: Entry, vector: Sequence[float], model: str) -> None:
        """Stores a vector that was just made of a message; one that cannot be stored has served all the same."""
        try:
            await self._store.search_spaces.note(Space(model, len(vector)))
            await self._store.vectors.set_made({entry.message_id: entry}, {entry.message_id: vector}, model)
        except UnavailableError as error:
            _LOG.warning("a vector could not be stored", extra={"model": model, "error": error.message})

    def _remember(self, model: str, text: str, vector: Sequence[float]) -> None:
        self._known[model, text] = vector
        self._known.move_to_end((model, text))
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)

    def _beneficiary(self, model: str, run: "RunContext | None") -> Beneficiary | None:
        if run is not None:
            return Beneficiary(run.agent, run.user_id, run.thread_id, run.generation_id)
        agent = self._models.agent_for(model)
        return None if agent is None else Beneficiary(agent, None, None)

    async def status(self) -> Sequence[ModelStatus]:
        """How it stands with the vectors of each model, by its name."""
        pending, stored = await self._store.embedding_queue.pending(), dict[str, int]()
        for space, count in await self.spaces():
            stored[space.model] = stored.get(space.model, 0) + count
        none, embedder = Pending(0, 0), self._embedder
        return [
            ModelStatus(
                name,
                stored.get(name, 0),
                (waits := pending.get(name, none)).waiting,
                waits.failed,
                waits.errors,
                None if embedder is None else embedder.trouble(name),
            )
            for name in sorted({*pending, *stored, *self._models.at_save})
        ]

    async def retry(self, model: str | EmbeddingModel) -> int:
        """Asks again for the vectors of a model that were given up; returns how many."""
        name, asked = model if isinstance(model, str) else spec_of(model), 0
        while some := await self._store.embedding_queue.ask_again(name, MOST_AT_ONCE):
            asked += some
        if self._embedder is not None:
            self._embedder.wake()
        return asked

    async def run(self) -> None:
        """Follows what other processes begin and switch, until cancelled."""
        while True:
            await asyncio.sleep(self._refresh / timedelta(seconds=1))
            if self._models.workable:
                with suppress(UnavailableError):
                    await self.refresh()

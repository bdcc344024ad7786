"""From one embedding model to another while searches go on: begun, switched and cleaned up by calls, worked on by
`weft.agents.embedding.migrator`. Each call may be repeated: a second one changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from weft.agents.embedding.models import Models
from weft.errors import ErrorCode, InputError
from weft.llm.embeddings import EmbeddingModel, spec_of
from weft.storage.store import Store
from weft.threads.embeddings import BOTH, SWITCHED, Migration, MigrationState, Pending

NO_TIME: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """A migration, and of how many of its `total` messages the new vector is there; `failed` were given up."""

    migration: Migration
    done: int
    failed: int


class Migrating:
    """Part of `weft.embeddings`. `changed` is called when there may be work; `refresh` reads what is stored.

    `settle`: how long after a change all processes are sure to know of it.
    """

    def __init__(self, store: Store, models: Models, settle: timedelta) -> None:
        self.settle = settle
        self.changed: Callable[[], None] = _nothing
        self._states: dict[tuple[str, str], MigrationState] = {}
        self._store = store
        self._models = models

    async def refresh(self) -> None:
        """Reads what is stored of migrations; what other processes have begun is work for this one, too."""
        found = await self._store.embedding_migrations.all()
        self._models.set_migrations(found)
        self._store.search_entries.embed_with = self._models.at_save
        states = {(way.from_model, way.to_model): way.state for way in found}
        if states != self._states:
            self._states = states
            self.changed()

    async def migrate(self, from_model: str | EmbeddingModel, to_model: str | EmbeddingModel) -> Migration:
        """Begins to make vectors of `to_model` beside all of `from_model`; new messages get both from now on.

        Searches stay with the old model until `switch`. One that was begun before goes on as it is; one that was
        cancelled begins again, and makes only what is missing.

        Raises:
            InputError: both are one model; there is nothing of the old one; or it is on the way to, or has been
                switched to, another one. ConfigError: nobody knows the new model.
        """
        old, new = _name(from_model), spec_of(self._models.of(to_model))
        if old == new:
            raise InputError(f"vectors of {old} are to be moved to {new}: name another model", path=("toModel",))
        ways = await self._store.embedding_migrations.all()
        self._check_ways(ways, old, new)
        spaces = await self._store.search_spaces.of_model(old)
        if not spaces and self._models.agent_for(old) is None:
            message = f"there are no vectors of {old}, and no agent has that model"
            raise InputError(message, reason=ErrorCode.NOT_FOUND, path=("fromModel",))
        total = sum([await self._store.vectors.count(space) for space in spaces])
        begun = await self._store.embedding_migrations.begin(old, new, total, self.settle)
        return await self._told(begun)

    @staticmethod
    def _check_ways(ways: Sequence[Migration], old: str, new: str) -> None:
        for way in ways:
            other = f"{way.from_model} to {way.to_model} is {way.state.value}"
            if way.from_model == old and way.to_model != new and way.state is not MigrationState.CANCELLED:
                message = f"the migration from {other}; cancel it, or migrate from {way.to_model}"
                raise InputError(message, reason=ErrorCode.CONFLICT, path=("fromModel",))
            if way.from_model == new and way.state in (*BOTH, MigrationState.DELETING):
                message = f"the migration from {other}; wait for its end, or cancel it"
                raise InputError(message, reason=ErrorCode.CONFLICT, path=("toModel",))

    async def switch(self, from_model: str | EmbeddingModel, to_model: str | EmbeddingModel) -> Migration:
        """Agents that are configured with the old model search and embed with the new one, in all processes soon.

        Raises InputError when there is no such migration, or it is not ready.
        """
        way = await self._way(from_model, to_model)
        if way.state in SWITCHED:
            return way
        if way.state is not MigrationState.READY:
            raise _not_now(way, "wait until it is ready")
        await self._store.embedding_migrations.forget_ways_from(way.to_model)
        return await self._moved(way, MigrationState.SWITCHED, None)

    async def delete_old(self, from_model: str | EmbeddingModel, to_model: str | EmbeddingModel) -> Migration:
        """Begins to remove the old model's vectors. There is no way back but to make them again.

        Raises InputError when there is no such migration, it was not switched, or the old model is being moved to.
        """
        way = await self._way(from_model, to_model)
        if way.state in (MigrationState.DELETING, MigrationState.DONE):
            return way
        if way.state is not MigrationState.SWITCHED:
            raise _not_now(way, "switch first")
        for other in await self._store.embedding_migrations.all():
            if other.to_model == way.from_model and other.state in BOTH:
                message = f"vectors are being moved from {other.from_model} to {way.from_model}; cancel that first"
                raise InputError(message, reason=ErrorCode.CONFLICT, path=("fromModel",))
        return await self._moved(way, MigrationState.DELETING, self.settle)

    async def cancel(self, from_model: str | EmbeddingModel, to_model: str | EmbeddingModel) -> Migration:
        """Makes no more vectors of the new model; those that are there stay, until they are deleted.

        Raises InputError when there is no such migration, or it was switched.
        """
        way = await self._way(from_model, to_model)
        if way.state is MigrationState.CANCELLED:
            return way
        if way.state not in BOTH:
            raise _not_now(way, f"migrate from {way.to_model} to {way.from_model} to go back")
        return await self._moved(way, MigrationState.CANCELLED, self.settle)

    async def migrations(self) -> list[MigrationStatus]:
        """All there are, the oldest first."""
        pending = await self._store.embedding_queue.pending()
        none = Pending(0, 0)
        return [
            MigrationStatus(way, _done(way, pending.get(way.to_model, none)), pending.get(way.to_model, none).failed)
            for way in await self._store.embedding_migrations.all()
        ]

    async def _way(self, from_model: str | EmbeddingModel, to_model: str | EmbeddingModel) -> Migration:
        old, new = _name(from_model), _name(to_model)
        way = await self._store.embedding_migrations.get(old, new)
        if way is None:
            message = f"there is no migration from {old} to {new}"
            raise InputError(message, reason=ErrorCode.NOT_FOUND, path=("fromModel",))
        return way

    async def _moved(self, way: Migration, state: MigrationState, due: timedelta | None) -> Migration:
        if not await self._store.embedding_migrations.move(way, state, due):
            raise InputError("the migration has just changed; look at it again", reason=ErrorCode.CONFLICT)
        return await self._told(await self._way(way.from_model, way.to_model))

    async def _told(self, way: Migration) -> Migration:
        await self.refresh()
        return way


def _done(way: Migration, pending: Pending) -> int:
    """New messages wait for the new vector too, so while it runs this is a lower bound."""
    if way.state is MigrationState.RUNNING:
        return min(way.total, max(0, way.asked - pending.waiting - pending.failed))
    return min(way.total, max(0, way.asked - pending.failed))


def _not_now(way: Migration, mend: str) -> InputError:
    message = f"the migration from {way.from_model} to {way.to_model} is {way.state.value}; {mend}"
    return InputError(message, reason=ErrorCode.CONFLICT, path=("fromModel",))


def _name(model: str | EmbeddingModel) -> str:
    """Written in full, so that a short form names the same model."""
    return "demo:demo" if model == "demo" else model if isinstance(model, str) else spec_of(model)


def _nothing() -> None:
    return

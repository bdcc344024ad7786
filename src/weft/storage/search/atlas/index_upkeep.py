"""Makes search indexes, tells their state, drops them. A command returns at once; the server builds by itself."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from pymongo.errors import OperationFailure
from pymongo.operations import SearchIndexModel

from weft.errors import ConfigError, UnavailableError
from weft.storage.failures import translated
from weft.storage.search.atlas.failures import explained, state_of, within
from weft.storage.search.atlas.indexes import SearchIndex, fits, is_ours, wanted_indexes
from weft.storage.search.atlas.queries import probe
from weft.storage.search.detection import PATIENCE_SECONDS, reason_of
from weft.storage.types import Database, Doc
from weft.threads.vectors import Space

_ALREADY_THERE: Final = 68
_NOT_THERE: Final = 27
_GOING = {"DELETING", "DOES_NOT_EXIST"}
_BEING_BUILT = {"PENDING", "BUILDING", "NOT_STARTED", "INITIAL_SYNC", "UNKNOWN"}


@dataclass(frozen=True, slots=True)
class IndexState:
    """What the server says of an index that is wanted, or that is there and not wanted any more.

    `status`: the server's word, `MISSING` when there is none. `fits`: whether its definition does what is wanted.
    `entries`: how many documents are to be in it.
    """

    name: str
    status: str
    queryable: bool
    fits: bool = True
    wanted: bool = True
    entries: int = 0

    @property
    def ready(self) -> bool:
        return self.queryable and self.fits and self.status not in _BEING_BUILT

    @property
    def failed(self) -> bool:
        return self.status == "FAILED"


class IndexUpkeep:
    """One for a database. Every method raises UnavailableError or ConfigError, in words an operator can act on."""

    def __init__(self, database: Database, language: str = "english") -> None:
        self._entries = database["searchEntries"]
        self._language = language

    def wanted(self, spaces: Sequence[Space]) -> list[SearchIndex]:
        return wanted_indexes(spaces, self._language)

    async def names(self) -> set[str]:
        """The indexes of ours that are there, whatever their state."""
        return set(await self._listed())

    async def ensure(self, spaces: Sequence[Space], *, change: bool = True) -> list[str]:
        """Makes what is missing and changes what does not fit; returns the names of these. It does not wait.

        `change`: False leaves what does not fit, for whoever looks often: processes of two versions would else change
        an index in turns.
        """
        async with within(PATIENCE_SECONDS):
            there = await self._listed()
            changed: list[str] = []
            for index in self.wanted(spaces):
                found = there.get(index.name)
                if found is None or found.get("status") in _GOING:
                    changed += [index.name] if await self._create(index) else []
                elif change and not fits(found, index):
                    await self._update(index, found)
                    changed.append(index.name)
        return changed

    async def states(self, spaces: Sequence[Space]) -> list[IndexState]:
        """Of every index that is wanted, and of those of ours that are not any more."""
        there = await self._listed()
        wanted = self.wanted(spaces)
        states = [await self._state(index, there.get(index.name)) for index in wanted]
        left = sorted(there.keys() - {index.name for index in wanted})
        return states + [_left_over(name, there[name]) for name in left]

    async def building(self, spaces: Sequence[Space], every: float = 1.0) -> AsyncGenerator[list[IndexState], None]:
        """The states of what is wanted, again and again until all can be queried. The caller sets the deadline.

        Raises UnavailableError when an index cannot be built.
        """
        while True:
            states = [state for state in await self.states(spaces) if state.wanted]
            yield states
            failed = [state.name for state in states if state.failed]
            if failed:
                raise UnavailableError(
                    f"MongoDB could not build {', '.join(failed)}; drop it (`weft search drop-indexes`), "
                    "create it again, and look into the server's log or Atlas' page of search indexes if it fails again"
                )
            if all(state.ready for state in states):
                return
            await asyncio.sleep(every)
            if any(state.status in {"MISSING", *_GOING} for state in states):
                await self.ensure(spaces, change=False)

    async def drop(self, names: Collection[str] | None = None) -> list[str]:
        """Drops indexes of ours, all without `names`; returns those that were there."""
        dropped = sorted(name for name in await self._listed() if names is None or name in names)
        for name in dropped:
            with explained(name):
                await self._drop(name)
        return dropped

    async def _listed(self) -> dict[str, Doc]:
        with explained():
            async with within(PATIENCE_SECONDS):
                cursor = await self._entries.list_search_indexes()
                docs = await cursor.to_list()
        return {doc["name"]: dict(doc) for doc in docs if is_ours(doc["name"])}

    async def _drop(self, name: str) -> None:
        try:
            await self._entries.drop_search_index(name)
        except OperationFailure as error:
            if error.code != _NOT_THERE:
                raise

    async def _create(self, index: SearchIndex) -> bool:
        """False when another process was faster."""
        model = SearchIndexModel(definition=index.definition, name=index.name, type=index.type)
        with _defined(index):
            try:
                await self._entries.create_search_index(model)
            except OperationFailure as error:
                if error.code != _ALREADY_THERE:
                    raise
                return False
        return True

    async def _update(self, index: SearchIndex, found: Doc) -> None:
        if found.get("type", index.type) != index.type:
            raise ConfigError(
                f"the search index {index.name} of searchEntries has type {found['type']}, not {index.type}: "
                "drop it (`weft search drop-indexes`); Weft then makes its own"
            )
        with _defined(index):
            await self._entries.update_search_index(index.name, index.definition)

    async def _state(self, index: SearchIndex, found: Doc | None) -> IndexState:
        entries = await self._count(index.space)
        if found is None:
            return IndexState(index.name, "MISSING", queryable=False, entries=entries)
        status, queryable = found.get("status"), found.get("queryable")
        if status is None or queryable is None:
            status, queryable = await self._probed(index)
        return IndexState(index.name, str(status), bool(queryable), fits(found, index), entries=entries)

    async def _probed(self, index: SearchIndex) -> tuple[str, bool]:
        """Of a server that does not list states (self-managed ones may not): asked with a search."""
        try:
            with translated():
                cursor = await self._entries.aggregate(probe(index))
                await cursor.to_list()
        except OperationFailure as error:
            state = state_of(error)
            if state is None:
                with explained(index.name):
                    raise
            return state, False
        return "READY", True

    async def _count(self, space: Space | None) -> int:
        with translated():
            if space is None:
                return await self._entries.estimated_document_count()
            return await self._entries.count_documents({"spaces": space.key})


@contextmanager
def _defined(index: SearchIndex) -> Generator[None, None, None]:
    """Around a command that says what an index is to be."""
    try:
        with explained(index.name):
            yield
    except OperationFailure as error:
        message = f"MongoDB does not take the search index {index.name}: {reason_of(error)}"
        raise ConfigError(message) from error


def _left_over(name: str, found: Doc) -> IndexState:
    status: Any = found.get("status", "READY")
    return IndexState(name, str(status), bool(found.get("queryable")), wanted=False)

"""The search indexes of a server, and the commands that make, change, drop and list them."""

import asyncio
import re
from typing import Any

from tests.atlas.builder import Builder
from tests.atlas.definitions import parse
from tests.atlas.fields import Fields
from tests.atlas.indexes import SearchIndex, new_build
from tests.atlas.refusals import Refused, bad_definition, failed_to_parse
from tests.atlas.text_search import DEFAULT_INDEX

from weft.storage.types import Doc


class Catalog:
    """Every index; one that is gone is in no list any more."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self.indexes = builder.indexes
        self._creating = asyncio.Lock()

    def named(self, database: str, collection: str, name: str) -> SearchIndex | None:
        """The index that a query means."""
        return next(
            (index for index in self._of(database, collection) if index.name == name and not index.deleting), None
        )

    async def create(self, command: Doc) -> Doc:
        given = Fields(command, "", failed_to_parse)
        database, collection = given.text("$db"), given.text("createSearchIndexes")
        await self._builder.require_collection(database, collection)
        wanted = [self._defined(one, number) for number, one in enumerate(given.items("indexes"))]
        async with self._creating:
            return await self._create(database, collection, wanted)

    async def _create(self, database: str, collection: str, wanted: list[tuple[str, str, Any]]) -> Doc:
        known = {index.name: index for index in self._of(database, collection)}
        made: list[SearchIndex] = []
        for name, kind, definition in wanted:
            if name in known:
                raise Refused("Duplicate Index", 68, "IndexAlreadyExists")
            index = SearchIndex(database, collection, name, kind, new_build(definition, 0))
            known[name] = index
            made.append(index)
        for index in made:
            await self._builder.add(index)
        return {"ok": 1.0, "indexesCreated": [{"id": index.id, "name": index.name} for index in made]}

    async def update(self, command: Doc) -> Doc:
        index = self._meant(command, "updateSearchIndex")
        definition = parse(index.kind, command.get("definition"), "userCommand.definition")
        await self._builder.restage(index, new_build(definition, index.latest.version + 1))
        return {"ok": 1.0}

    async def drop(self, command: Doc) -> Doc:
        self._builder.delete(self._meant(command, "dropSearchIndex"))
        return {"ok": 1.0}

    def listed(self, database: str, collection: str, spec: Any) -> list[Doc]:
        """What `$listSearchIndexes` gives."""
        given = Fields(spec, "", failed_to_parse)
        wanted = {name: given.text(name) for name in ("id", "name") if name in given.names()}
        given.done()
        if len(wanted) == 2:
            raise failed_to_parse("Cannot set both 'name' and 'id' for $listSearchIndexes.")
        found = [index.listed() for index in self._of(database, collection)]
        return [doc for doc in found if all(doc[name] == value for name, value in wanted.items())]

    def _defined(self, value: object, number: int) -> tuple[str, str, Any]:
        at = f"userCommand.indexes[{number}]"
        given = Fields(value, at, bad_definition)
        name, kind = given.text("name", DEFAULT_INDEX), given.choice("type", ("search", "vectorSearch"), "search")
        if not name or re.search(r"[\0$]", name):
            raise given.wrong("name", "is not the name of an index")
        definition = parse(kind, given.take("definition"), at)
        given.done()
        return name, kind, definition

    def _meant(self, command: Doc, verb: str) -> SearchIndex:
        wanted = [(key, command[key]) for key in ("name", "id") if key in command]
        if len(wanted) != 1:
            raise failed_to_parse("exactly one of 'name' and 'id' must be given")
        (key, value), database, collection = wanted[0], command["$db"], command[verb]
        for index in self._of(database, collection):
            if getattr(index, key) == value and not index.deleting:
                return index
        raise Refused(f"Index {value} not found.", 27, "IndexNotFound")

    def _of(self, database: str, collection: str) -> list[SearchIndex]:
        return [index for index in self.indexes if (index.database, index.collection) == (database, collection)]

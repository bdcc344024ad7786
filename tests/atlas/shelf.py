"""A collection behind the server, with the few verbs that its tests speak of."""

import uuid
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from bson.binary import Binary, BinaryVectorDtype
from pymongo.errors import OperationFailure
from pymongo.operations import SearchIndexModel
from tests.atlas import AtlasServer

from weft.storage.types import Client, Collection, Doc


@dataclass(frozen=True, slots=True)
class Shelf:
    """`docs` is the collection as a client of the server has it."""

    server: AtlasServer
    docs: Collection

    async def add(self, *docs: Doc) -> None:
        """Stores documents; the indexes know them."""
        await self.docs.insert_many(docs)
        await self.server.caught_up()

    async def define(self, definition: Doc, kind: str = "search", name: str = "default") -> None:
        """Makes an index, built when this returns."""
        await self.docs.create_search_index(SearchIndexModel(definition, name, kind))
        await self.server.finish_building()

    async def vectors(self, *filters: str, dimensions: int = 2, similarity: str = "cosine", name: str = "vec") -> None:
        """An index of the vectors at `v`."""
        definition = vector_definition(*filters, dimensions=dimensions, similarity=similarity)
        await self.define(definition, "vectorSearch", name)

    async def texts(self, **fields: Any) -> None:
        """An index of these fields: their types by name, a text at `t` if nothing is said."""
        types = fields or {"t": "string"}
        mapped = {name: {"type": kind} if isinstance(kind, str) else kind for name, kind in types.items()}
        await self.define({"mappings": {"fields": mapped}})

    async def listed(self, **wanted: str) -> list[Doc]:
        return await self.run({"$listSearchIndexes": wanted})

    async def run(self, *stages: Doc) -> list[Doc]:
        return await (await self.docs.aggregate(list(stages))).to_list()

    async def near(self, vector: Any = (1.0, 0.0), **options: Any) -> list[tuple[Any, float]]:
        """Ids and scores of what is near a vector."""
        found = await self.run(near(vector, **options), {"$project": {"score": {"$meta": "vectorSearchScore"}}})
        return [(doc["_id"], doc["score"]) for doc in found]

    async def ids(self, vector: Any = (1.0, 0.0), **options: Any) -> list[Any]:
        return [document_id for document_id, _ in await self.near(vector, **options)]

    async def let_through(self, condition: Any) -> list[Any]:
        """The ids of those that a filter of `$vectorSearch` lets through, in their order."""
        return sorted(await self.ids(filter=condition))

    async def search(self, **operator: Any) -> dict[Any, float]:
        """Scores by id of what `$search` finds, the best first."""
        found = await self.run({"$search": operator}, {"$project": {"score": {"$meta": "searchScore"}}})
        return {doc["_id"]: doc["score"] for doc in found}


@asynccontextmanager
async def new_shelf(server: AtlasServer, through: Client) -> AsyncGenerator[Shelf, None]:
    """An empty one in a database of its own. Nothing is held any more when it goes."""
    database = through[f"test_{uuid.uuid4().hex}"]
    yield Shelf(server, await database.create_collection("docs"))
    server.release()
    await server.finish_building()
    await through.drop_database(database.name)


def near(vector: Any = (1.0, 0.0), **options: Any) -> Doc:
    """A `$vectorSearch` at `v`; an option None is left out."""
    wanted: Any = [*vector] if isinstance(vector, tuple) else vector
    spec: Doc = {"index": "vec", "path": "v", "queryVector": wanted, "limit": 10, "numCandidates": 100} | options
    return {"$vectorSearch": {name: value for name, value in spec.items() if value is not None}}


def vector_definition(*filters: str, dimensions: int = 2, similarity: str = "cosine") -> Doc:
    vector = {"type": "vector", "path": "v", "numDimensions": dimensions, "similarity": similarity}
    return {"fields": [vector, *({"type": "filter", "path": path} for path in filters)]}


def floats(*numbers: float) -> Binary:
    """A BSON vector of 32-bit floats."""
    return Binary.from_vector(list(numbers), BinaryVectorDtype.FLOAT32)


async def refusal(work: Awaitable[Any]) -> tuple[int, str]:
    """The code and the text of the error that something ends in."""
    with pytest.raises(OperationFailure) as caught:
        await work
    details = caught.value.details
    assert details is not None
    assert details["ok"] == 0
    return details["code"], details["errmsg"]


def mongot(text: str) -> tuple[int, str]:
    """An error of the search process, as mongod passes it on."""
    return 8, f"PlanExecutor error during aggregation :: caused by :: {text}"

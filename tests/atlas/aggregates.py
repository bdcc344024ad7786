"""An aggregate with search in it, made into one that the mongod behind can run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pymongo.errors import OperationFailure
from tests.atlas.catalog import Catalog
from tests.atlas.hits import Found
from tests.atlas.modes import Mode, refusal
from tests.atlas.pipelines import HIDDEN, Metadata, closed, following, hits_first
from tests.atlas.places import check_places, searches
from tests.atlas.rank_fusion import RankFusion, Ranking
from tests.atlas.refusals import Refused, beyond, in_transaction, unrecognized_stage, without_collection
from tests.atlas.text_search import TextSearch
from tests.atlas.values import as_doc, as_list
from tests.atlas.vector_search import VectorSearch

from weft.storage.types import Client, Doc

OLDER_NAMES: Final = ("vectorSearchScore", "searchScore")
NEWER_NAMES: Final = (*OLDER_NAMES, "score", "scoreDetails")


@dataclass(frozen=True, slots=True)
class Aggregates:
    """`client` is connected to the mongod itself. `rank_fusion`: whether this server is new enough for it."""

    catalog: Catalog
    client: Client
    mode: Mode
    rank_fusion: bool

    async def rewritten(self, command: Doc) -> Doc | None:
        """The command to send on; None for one that has no search. Raises Refused."""
        pipeline = as_list(command.get("pipeline")) or []
        names = list(searches(pipeline))
        if not names or self.mode is Mode.OLD:
            return None
        self._check(command, pipeline, names)
        database, collection = command["$db"], command["aggregate"]
        if names[0] == "$listSearchIndexes":
            listed = self._listed(database, collection, pipeline[0][names[0]])
            return command | {"aggregate": 1, "pipeline": [{"$documents": {"$literal": listed}}, *pipeline[1:]]}
        return command | {"pipeline": closed(*await self._pipeline(database, collection, pipeline))}

    @property
    def _nothing(self) -> Metadata:
        """What is known before a first stage."""
        return Metadata(NEWER_NAMES if self.rank_fusion else OLDER_NAMES)

    def _check(self, command: Doc, pipeline: list[Any], names: list[str]) -> None:
        for name in names:
            if name == "$rankFusion" and not self.rank_fusion:
                raise unrecognized_stage(name)
            if name != "$rankFusion" and (refused := refusal(self.mode, name)) is not None:
                raise refused
        check_places(pipeline)
        if not isinstance(command["aggregate"], str):
            raise without_collection(names[0])
        if command.get("autocommit") is False:
            raise in_transaction(f"Stage not supported inside of a multi-document transaction: {names[0]}")

    def _listed(self, database: str, collection: str, spec: object) -> list[Doc]:
        return [] if self.mode is Mode.LISTS_NOTHING else self.catalog.listed(database, collection, spec)

    async def _pipeline(self, database: str, collection: str, stages: Sequence[Doc]) -> tuple[list[Doc], Metadata]:
        """The stages on a collection, with what is known at their end."""
        done, metadata = await self._first(database, collection, stages[0]) if stages else ([], self._nothing)
        for stage in stages[1:] if metadata.carried else stages:
            union = as_doc(stage.get("$unionWith"))
            inner = None if union is None else as_list(union.get("pipeline"))
            if union is None or not inner or not isinstance(union.get("coll"), str):
                new, metadata = following(stage, metadata)
                done += new
                continue
            rewritten, known = await self._pipeline(database, union["coll"], inner)
            done.append({"$unionWith": union | {"pipeline": rewritten}})
            metadata = metadata.joined(known)
        return done, metadata

    async def _first(self, database: str, collection: str, stage: Doc) -> tuple[list[Doc], Metadata]:
        """What a search stage becomes; of any other, nothing."""
        name, spec = next(iter(stage.items()))
        match name:
            case "$vectorSearch":
                found, known = self._found(database, collection, VectorSearch.of(spec)), ["vectorSearchScore", "score"]
            case "$search":
                found, known = self._found(database, collection, TextSearch.of(spec)), ["searchScore", "score"]
            case "$rankFusion":
                fusion = RankFusion.of(spec)
                inputs = fusion.pipelines.items()
                found = fusion.fuse({key: await self._ranking(database, collection, one) for key, one in inputs})
                known = ["score", "scoreDetails"] if fusion.details else ["score"]
            case "$searchMeta":
                raise beyond(name)
            case _:
                return [], self._nothing
        return hits_first(found), self._nothing.after(*known)

    def _found(self, database: str, collection: str, wanted: VectorSearch | TextSearch) -> list[Found]:
        """No index of that name: no hits, as on Atlas."""
        index = self.catalog.named(database, collection, wanted.index)
        kind = "vectorSearch" if isinstance(wanted, VectorSearch) else "search"
        return [] if index is None else wanted.run(index.entries(kind))

    async def _ranking(self, database: str, collection: str, stages: Sequence[Doc]) -> Ranking:
        done, metadata = await self._pipeline(database, collection, stages)
        score = {"value": f"${HIDDEN}.score"} if metadata.carried else {}
        stored = self.client[database][collection]
        try:
            cursor = await stored.aggregate([*done, {"$project": {"_id": 1, **score}}])
            return await cursor.to_list()
        except OperationFailure as error:
            details = error.details or {}
            raise Refused(str(details.get("errmsg")), error.code or 8, details.get("codeName")) from error

"""Finds messages: by their words, by their meaning, or by both, fused into one ranking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from weft.errors import ErrorCode, InputError
from weft.llm.embeddings import EmbeddingModel, spec_of
from weft.storage.search.strategy import SearchStrategy
from weft.threads.search import Hit, Reach, SearchOptions, TextHit, VectorHit, fuse
from weft.threads.vectors import Space, check_vector

if TYPE_CHECKING:
    from weft.agents.run_context import RunContext
    from weft.agents.weft import Weft

_DEEPEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `vector`: that of the text, if it is known already; it was made by `model`.

    `run`: the run that asks, whose agent's usage handler is told what embedding the text used.
    """

    text: str
    reach: Reach
    options: SearchOptions
    model: EmbeddingModel | None = None
    vector: Sequence[float] | None = None
    run: "RunContext | None" = None


class SearchService:
    """`weft.search`."""

    def __init__(self, weft: "Weft", strategy: SearchStrategy) -> None:
        self._weft = weft
        self._strategy = strategy

    @property
    def name(self) -> str:
        """`atlas` or `embedded`."""
        return self._strategy.name

    async def find(self, query: Query) -> list[Hit]:
        """The best hits first.

        Raises:
            InputError: no text, no embedding model for a search by meaning, or a vector that is none.
            ProviderError: the embedding model failed. UnavailableError: the server did, or builds an index still.
        """
        options = query.options
        if not query.text.strip():
            raise InputError("No text to search", path=("input", "query"))
        by_meaning = query.model is not None if options.vector is None else options.vector
        text, vector = await self._lists(query, by_meaning=by_meaning)
        near = [hit for hit in vector if options.threshold is None or hit.score > options.threshold]
        return fuse(text, near, options.limit, options.fusion_k)

    async def _lists(self, query: Query, *, by_meaning: bool) -> tuple[Sequence[TextHit], Sequence[VectorHit]]:
        depth = min(max(4 * query.options.limit, 40), _DEEPEST)
        if not by_meaning:
            return await self._strategy.text(query.text, query.reach, depth), []
        if query.model is None:
            message = "search by meaning needs an embedding model: give the agent one, or search for text alone"
            raise InputError(message, reason=ErrorCode.UNSUPPORTED, path=("input", "vectorSearch"))
        vector = query.vector or await self._weft.embeddings.vector_of(query.model, query.text, query.run)
        check_vector(vector, ("input", "query"))
        space = Space(spec_of(query.model), len(vector))
        if not query.options.text:
            return [], await self._strategy.vector(vector, space, query.reach, depth)
        return await self._strategy.both(query.text, vector, space, query.reach, depth)

"""Finds messages: by their words, by their meaning, or by both, fused into one ranking."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from weft.agents.agent import with_those_asked
from weft.agents.embedding.service import LONGEST_TEXT
from weft.agents.limits import check_text
from weft.errors import ErrorCode, InputError, not_found
from weft.llm.embeddings import EmbeddingModel, spec_of
from weft.storage.search.embedded.words import query_words
from weft.storage.search.strategy import SearchStrategy
from weft.threads.coverage import ENOUGH, shares
from weft.threads.messages import Message
from weft.threads.search import Before, Hit, Reach, SearchOptions, TextHit, VectorHit, fuse
from weft.threads.snippets import snippet
from weft.threads.threads import Thread
from weft.threads.vectors import Space, check_vector

if TYPE_CHECKING:
    from weft.agents.run_context import RunContext
    from weft.agents.weft import Weft

_DEEPEST: Final = 1000
_BACKGROUND: Final = 40
"""Hits by meaning that tell how rare a word is."""
_OPTIONS: Final = SearchOptions()


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `vector`: that of the text, if it is known already; it was made by `model`.

    `run`: the run that asks, whose agent's usage handler is told what embedding the text used. `message_id`: the stored
    message that says this text, whose vector is used again.
    """

    text: str
    reach: Reach
    options: SearchOptions
    model: EmbeddingModel | None = None
    vector: Sequence[float] | None = None
    run: "RunContext | None" = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A message that was found, with the thread it is in. `snippet`: the passage that says why, in one line."""

    hit: Hit
    message: Message
    thread: Thread
    snippet: str


class SearchService:
    """`weft.search`."""

    def __init__(self, weft: "Weft", strategy: SearchStrategy) -> None:
        self._weft = weft
        self._strategy = strategy

    @property
    def name(self) -> str:
        """`atlas` or `embedded`."""
        return self._strategy.name

    async def messages(
        self,
        text: str,
        *,
        thread_id: str | None = None,
        user_id: str | None = None,
        before_message_id: str | None = None,
        options: SearchOptions = _OPTIONS,
        embedding_model: str | EmbeddingModel | None = None,
    ) -> list[Found]:
        """The best messages for a text, the best first: of a thread, of all threads of a user, or with neither of all.

        `before_message_id`: of its thread, only what comes before its turn. `embedding_model`: that of one of the
        agents, by its name, or any other; without it the first agent's. What is being deleted is left out.

        Raises:
            InputError: no text, or too much of it; no such thread, or not of this user; no such message or embedding
                model; or a search by meaning is asked for and no agent has an embedding model.
            ProviderError: the embedding model failed. UnavailableError: the server did, or builds an index still.
        """
        check_text(text, LONGEST_TEXT, "input", "query")
        model = None if options.vector is False else self._model(embedding_model)
        reach = await self._reach(thread_id, user_id, before_message_id)
        return await self.look_up(Query(text, reach, options, model))

    async def look_up(self, query: Query) -> list[Found]:
        """What `find` finds, with the messages. Raises what `find` does.

        What is being deleted, and a branch that is still being copied, are left out: the next best take their places.
        """
        limit, found = query.options.limit, list[Found]()
        hits = await self._ranked(query)
        for start in range(0, len(hits), limit):
            found += await self._loaded(query, hits[start : start + limit])
            if len(found) >= limit:
                break
        return found[:limit]

    async def find(self, query: Query) -> list[Hit]:
        """The best hits first.

        Raises:
            InputError: no text, no embedding model for a search by meaning, or a vector that is none.
            ProviderError: the embedding model failed. UnavailableError: the server did, or builds an index still.
        """
        return (await self._ranked(query))[: query.options.limit]

    async def _ranked(self, query: Query) -> list[Hit]:
        """More than are asked for, where there are more."""
        options = query.options
        if not query.text.strip():
            raise InputError("No text to search", path=("input", "query"))
        known = query.model is not None or not options.text
        by_meaning = known if options.vector is None else options.vector
        text, vector = await self._lists(query, by_meaning=by_meaning)
        near = [hit for hit in vector if options.threshold is None or hit.score > options.threshold]
        every = len(text) + len(near)
        if not text or not near:
            return fuse(text, near, every, options.fusion_k)
        telling, others = await self._by_worth(query.text, text, near)
        best = fuse(telling, near, every, options.fusion_k)
        last = max(len(telling), len(near))
        ranked = ((rank, hit.message_id) for rank, hit in enumerate(others, last + 1))
        after = [Hit(message_id, 1 / (options.fusion_k + rank), rank) for rank, message_id in ranked]
        return [*best, *after]

    async def _by_worth(
        self, query: str, text: Sequence[TextHit], near: Sequence[VectorHit]
    ) -> tuple[list[TextHit], list[TextHit]]:
        """Hits that hold enough of the query, and those that rank behind all others (docs/decisions/0013)."""
        ids = dict.fromkeys([*(hit.message_id for hit in text), *(hit.message_id for hit in near[:_BACKGROUND])])
        texts = await self._weft.store.search_entries.texts(list(ids))
        held = await asyncio.to_thread(shares, query_words(query), texts)
        telling = [hit for hit in text if held.get(hit.message_id, 0.0) >= ENOUGH]
        by_meaning = {hit.message_id for hit in near}
        others = [hit for hit in text if held.get(hit.message_id, 0.0) < ENOUGH and hit.message_id not in by_meaning]
        return telling, others

    async def _lists(self, query: Query, *, by_meaning: bool) -> tuple[Sequence[TextHit], Sequence[VectorHit]]:
        depth = min(max(4 * query.options.limit, 40), _DEEPEST)
        if not by_meaning:
            return await self._strategy.text(query.text, query.reach, depth), []
        if query.model is None:
            message = "search by meaning needs an embedding model: give the agent one, or search for text alone"
            raise InputError(message, reason=ErrorCode.UNSUPPORTED, path=("input", "vectorSearch"))
        model, vector = await self._vector(query, query.model)
        check_vector(vector, ("input", "query"))
        space = Space(spec_of(model), len(vector))
        if not query.options.text:
            return [], await self._strategy.vector(vector, space, query.reach, depth)
        return await self._strategy.both(query.text, vector, space, query.reach, depth)

    async def _vector(self, query: Query, model: EmbeddingModel) -> tuple[EmbeddingModel, Sequence[float]]:
        """What is compared, and the model that made it: the one that stands for the query's, unless it was given."""
        if query.vector is not None:
            return model, query.vector
        embeddings = self._weft.embeddings
        model = embeddings.current(model)
        return model, await embeddings.vector_of(model, query.text, query.run, message_id=query.message_id)

    def _model(self, wanted: str | EmbeddingModel | None) -> EmbeddingModel | None:
        """The model that is wanted, or the first agent's; None when no agent has one."""
        if wanted is not None and not isinstance(wanted, str):
            return wanted
        agents = with_those_asked(self._weft.agents).values()
        known = {spec_of(model): model for agent in agents if (model := agent.embeddings) is not None}
        if wanted is None:
            return next(iter(known.values()), None)
        if wanted not in known:
            listed = f"there are: {', '.join(known)}" if known else "none has one"
            message = f"no agent has the embedding model {wanted!r:.200}; {listed}"
            raise InputError(message, path=("input", "embeddingModel"))
        return known[wanted]

    async def _reach(self, thread_id: str | None, user_id: str | None, before_message_id: str | None) -> Reach:
        before = None
        if before_message_id is not None:
            target = await self._weft.store.messages.get(before_message_id)
            if target is None:
                raise not_found("message", before_message_id, "input", "beforeMessageId")
            before = Before(target.thread_id, target.order)
        if thread_id is None:
            return Reach(user_id=user_id, before=before)
        thread = await self._weft.store.threads.get(thread_id)
        if thread is None or user_id not in (None, thread.user_id):
            raise not_found("thread", thread_id, "input", "threadId")
        return Reach(thread_id=thread_id, before=before)

    async def _loaded(self, query: Query, hits: Sequence[Hit]) -> list[Found]:
        """Without those that went since the search, or whose thread did, to nobody or to somebody else."""
        rows = await self._weft.store.messages.many([hit.message_id for hit in hits])
        threads = await self._weft.store.threads.many(list({row.thread_id for row in rows.values()}))
        found: list[Found] = []
        user_id = query.reach.user_id
        for hit in hits:
            row = rows.get(hit.message_id)
            thread = None if row is None else threads.get(row.thread_id)
            if row is not None and thread is not None and thread.user_id in (None, user_id or thread.user_id):
                found.append(Found(hit, row, thread, snippet(row.text or "", query.text)))
        return found

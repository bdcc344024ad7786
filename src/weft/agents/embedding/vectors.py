"""Vectors managed by hand: listed, put in, changed, removed, and made of stored messages (behaviour.md row 160).

Whoever calls is trusted: these are for an application's own code, not for people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from weft.agents.embedding.calls import make
from weft.agents.embedding.models import Models
from weft.agents.embedding.usage import Made, share_usage
from weft.agents.limits import check_id
from weft.errors import ErrorCode, InputError, not_found
from weft.llm.embeddings import EmbeddingModel, spec_of
from weft.storage.store import Store
from weft.storage.vectors import Entry
from weft.threads import ids
from weft.threads.embeddings import VectorPage, embeddable
from weft.threads.vectors import Space, check_vector

PAGE: Final = 300
MOST_AT_ONCE: Final = 1000
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Embedded:
    """What became of messages: `made` have a new vector, `already` had one, `silent` say nothing that can be found."""

    made: Sequence[str]
    already: Sequence[str]
    silent: Sequence[str]


class VectorManagement:
    """Part of `weft.embeddings`."""

    def __init__(self, store: Store, models: Models) -> None:
        self._store = store
        self._models = models

    async def spaces(self) -> list[tuple[Space, int]]:
        """The spaces there are, and how many vectors each has."""
        found = await self._store.search_spaces.all()
        return [(space, await self._store.vectors.count(space)) for space in found]

    async def list(
        self, space: Space, *, thread_id: str | None = None, after: str | None = None, limit: int = PAGE
    ) -> VectorPage:
        """Vectors of a space by message id, those of one thread if it is given; at most 1,000 at once.

        `after`: what the page before said. Raises InputError for a limit that is out of range.
        """
        if not 1 <= limit <= MOST_AT_ONCE:
            raise InputError(f"limit is {limit}; give 1 to {MOST_AT_ONCE}", path=("limit",))
        if thread_id is not None:
            check_id(thread_id, ids.THREAD, "threadId")
        return await self._store.vectors.page(space, thread_id, after, limit)

    async def insert(self, vectors: Mapping[str, Sequence[float]], model: str | EmbeddingModel) -> None:
        """Gives messages vectors of a model, by message id; none of them may have one of it yet.

        Raises:
            InputError: a message is unknown, or cannot be found (it is pending, failed, a tool's, or says nothing); it
                has a vector of this model (then `update` it, or `delete` it first if its dimension changes); or a
                vector is not finite, has no direction, or has another dimension than those beside it.
        """
        name = _name(model)
        entries = await self._entries(_checked(vectors))
        known = await self._store.search_spaces.of_model(name)
        for id_, entry in entries.items():
            if there := next((space for space in known if space.key in entry.spaces), None):
                message = f"message {id_} has a vector of {name} with {there.dimension} numbers; update or delete it"
                raise InputError(message, reason=ErrorCode.CONFLICT, path=("vectors", id_))
        await self._store.search_entries.set_vectors(vectors, name)

    async def update(self, vectors: Mapping[str, Sequence[float]], model: str | EmbeddingModel) -> None:
        """Puts vectors in the place of those that messages have of this model, by message id.

        Raises:
            InputError: as `insert`; a message has no vector of this model; or its dimension is another.
        """
        name = _name(model)
        entries = await self._entries(_checked(vectors))
        known = await self._store.search_spaces.of_model(name)
        for id_, entry in entries.items():
            there = [space.dimension for space in known if space.key in entry.spaces]
            if not there:
                message = f"message {id_} has no vector of {name}; insert it"
                raise InputError(message, reason=ErrorCode.NOT_FOUND, path=("vectors", id_))
            if len(vectors[id_]) not in there:
                message = (
                    f"the vector has {len(vectors[id_])} numbers, the one of message {id_} has {there[0]}: "
                    "delete the old one and insert the new"
                )
                raise InputError(message, path=("vectors", id_))
        await self._store.search_entries.set_vectors(vectors, name)

    async def delete(
        self,
        *,
        message_ids: Sequence[str] | None = None,
        thread_id: str | None = None,
        model: str | EmbeddingModel | None = None,
        space: Space | None = None,
    ) -> int:
        """Removes vectors, not messages; returns how many. Those that were left out of a search stay so.

        Args:
            message_ids: Of these messages, at most 1,000.
            thread_id: Of this thread.
            model: Only those of this model; without messages and a thread, all of them.
            space: As `model`, of one dimension alone.

        Raises:
            InputError: none of these is given, or messages and a thread.
        """
        if message_ids is None and thread_id is None and model is None and space is None:
            raise InputError("name the messages, the thread, the model or the space whose vectors are to go")
        if message_ids is not None and thread_id is not None:
            raise InputError("message_ids and thread_id cannot both be provided", path=("threadId",))
        spaces = await self._spaces_of(model, space)
        if message_ids is not None:
            _check_ids(message_ids)
            return sum([await self._store.vectors.remove(message_ids, [each]) for each in spaces])
        return sum([await self._remove_all(each, thread_id) for each in spaces])

    async def embed(self, message_ids: Sequence[str], model: str | EmbeddingModel) -> Embedded:
        """Makes vectors of stored messages now, but for those that have one of this model; at most 1,000.

        Raises:
            InputError: a message is unknown. ConfigError: no such model. ProviderError: the model failed; what was
                made until then is stored.
        """
        chosen = self._models.of(model)
        name, wanted = spec_of(chosen), list(dict.fromkeys(message_ids))
        _check_ids(wanted)
        entries = await self._store.vectors.entries(wanted)
        await self._check_known([id_ for id_ in wanted if id_ not in entries])
        keys = {space.key for space in await self._store.search_spaces.of_model(name)}
        already = [id_ for id_ in wanted if id_ in entries and keys & entries[id_].spaces]
        to_make = [id_ for id_ in wanted if id_ in entries and id_ not in already and embeddable(entries[id_].text)]
        for start in range(0, len(to_make), _BATCH):
            await self._embed_some([entries[id_] for id_ in to_make[start : start + _BATCH]], chosen)
        silent = [id_ for id_ in wanted if id_ not in {*already, *to_make}]
        return Embedded(to_make, already, silent)

    async def _embed_some(self, entries: Sequence[Entry], model: EmbeddingModel) -> None:
        texts, name = [embeddable(entry.text) for entry in entries], spec_of(model)
        answer = await make(model, texts)
        await self._store.search_spaces.note(Space(name, len(answer.vectors[0])))
        vectors = {entry.message_id: vector for entry, vector in zip(entries, answer.vectors, strict=True)}
        await self._store.vectors.set_made({entry.message_id: entry for entry in entries}, vectors, name)
        made = [Made(entry.thread_id, entry.agent_name, len(text)) for entry, text in zip(entries, texts, strict=True)]
        await share_usage(self._store, self._models, model, made, answer.tokens)

    async def _entries(self, message_ids: Sequence[str]) -> dict[str, Entry]:
        """All of these messages as they can be found."""
        entries = await self._store.vectors.entries(message_ids)
        missing = [id_ for id_ in message_ids if id_ not in entries]
        await self._check_known(missing)
        if missing:
            message = f"message {missing[0]} cannot be found by searches: it is not complete, a tool's, or without text"
            raise InputError(message, reason=ErrorCode.UNSUPPORTED, path=("vectors", missing[0]))
        return entries

    async def _check_known(self, message_ids: Sequence[str]) -> None:
        known = await self._store.messages.many(message_ids) if message_ids else {}
        for id_ in message_ids:
            if id_ not in known:
                raise not_found("message", id_, "messageIds")

    async def _spaces_of(self, model: str | EmbeddingModel | None, space: Space | None) -> Sequence[Space]:
        if space is not None:
            return [space]
        if model is not None:
            return await self._store.search_spaces.of_model(_name(model))
        return await self._store.search_spaces.all()

    async def _remove_all(self, space: Space, thread_id: str | None) -> int:
        removed = 0
        while some := await self._store.vectors.remove_some(space, thread_id, MOST_AT_ONCE):
            removed += some
        return removed


def _name(model: str | EmbeddingModel) -> str:
    name = model if isinstance(model, str) else spec_of(model)
    if not name.strip():
        raise InputError("name the model that made the vectors", path=("model",))
    return name


def _checked(vectors: Mapping[str, Sequence[float]]) -> Sequence[str]:
    """The ids of the messages, when each vector is one and all have one dimension."""
    _check_ids(list(vectors))
    first = next(iter(vectors.values()), ())
    for id_, vector in vectors.items():
        check_vector(vector, ("vectors", id_))
        if len(vector) != len(first):
            message = f"the vector has {len(vector)} numbers, those before it {len(first)}"
            raise InputError(message, path=("vectors", id_))
    return list(vectors)


def _check_ids(message_ids: Sequence[str]) -> None:
    if len(message_ids) > MOST_AT_ONCE:
        message = f"there are {len(message_ids)} messages; give at most {MOST_AT_ONCE} at once"
        raise InputError(message, reason=ErrorCode.TOO_LARGE, path=("messageIds",))
    for id_ in message_ids:
        check_id(id_, ids.MESSAGE, "messageIds")

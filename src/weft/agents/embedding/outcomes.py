"""What becomes of a batch: vectors are stored and their use is told; what failed is due again later, or given up."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from weft.agents.embedding.models import Models
from weft.agents.embedding.splitting import Outcomes
from weft.agents.embedding.usage import Made, share_usage
from weft.errors import ProviderError
from weft.llm.embeddings import EmbeddingModel
from weft.storage.store import Store
from weft.threads.embeddings import Waiting
from weft.threads.vectors import Space

_LOG = logging.getLogger(__name__)

NO_TEXT: Final = "no_text"
"""Why a message is given up that says nothing that can be embedded."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """When what has failed is tried again: after `first`, then twice as long each time, at most after `longest`.

    A text that its model refuses is given up after `text_attempts`; when it is the model that fails, after
    `model_attempts`, which is about a day. A model that fails is left alone for at most `longest_pause`, unless the
    provider says longer.
    """

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(hours=1)
    longest_pause: timedelta = timedelta(minutes=1)
    text_attempts: int = 5
    model_attempts: int = 30

    def delay(self, attempts: int, error: ProviderError) -> timedelta:
        """How long a text waits that has now failed for the so-many-th time, counted from 0."""
        return max(timedelta(seconds=error.retry_after or 0.0), self._doubled(attempts, self.longest))

    def pause(self, failures: int, error: ProviderError) -> float:
        """How many seconds a model is left alone."""
        return max(error.retry_after or 0.0, self._doubled(failures, self.longest_pause).total_seconds())

    def _doubled(self, times: int, most: timedelta) -> timedelta:
        return min(self.first * (1 << min(times, 20)), most)


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that wait for a vector of one model, under one lease; `said` are those of them that say something."""

    name: str
    model: EmbeddingModel
    lease_id: str
    waiting: Sequence[Waiting]

    @property
    def ids(self) -> list[str]:
        return [each.message_id for each in self.waiting]

    @property
    def said(self) -> list[Waiting]:
        return [each for each in self.waiting if each.text]


async def settle(store: Store, models: Models, batch: Batch, outcomes: Outcomes, backoff: Backoff) -> None:
    """Stores what there is, and puts off the rest. `outcomes` are those of what is said, by its places."""
    said = batch.said
    vectors = {said[index].message_id: vector for index, vector in outcomes.vectors.items()}
    if vectors:
        space = Space(batch.name, len(next(iter(vectors.values()))))
        await store.search_spaces.note(space)
        await store.embedding_queue.store(vectors, space, batch.lease_id)
    failed = [(said[index], error) for index, error in outcomes.errors.items()]
    await _put_off(store, batch, failed, backoff, model_failed=outcomes.model_failed)
    if silent := [each.message_id for each in batch.waiting if not each.text]:
        await store.embedding_queue.give_up(silent, batch.name, batch.lease_id, NO_TEXT)
    if vectors:
        made = [
            Made(each.thread_id, each.agent_name, len(each.text)) for each in map(said.__getitem__, outcomes.vectors)
        ]
        await share_usage(store, models, batch.model, made, outcomes.tokens)


async def _put_off(
    store: Store,
    batch: Batch,
    failed: Sequence[tuple[Waiting, ProviderError]],
    backoff: Backoff,
    *,
    model_failed: bool,
) -> None:
    most = backoff.model_attempts if model_failed else backoff.text_attempts
    later: dict[timedelta, list[str]] = {}
    given_up: dict[str, list[str]] = {}
    for waiting, error in failed:
        if waiting.attempts + 1 >= most:
            given_up.setdefault(code_of(error), []).append(waiting.message_id)
        else:
            later.setdefault(backoff.delay(waiting.attempts, error), []).append(waiting.message_id)
    for delay, message_ids in later.items():
        await store.embedding_queue.postpone(message_ids, batch.lease_id, delay)
    for code, message_ids in given_up.items():
        await store.embedding_queue.give_up(message_ids, batch.name, batch.lease_id, code)
        facts = {"model": batch.name, "code": code, "attempts": most, "messages": message_ids}
        _LOG.error("messages get no vectors: it has failed too often", extra=facts)


def code_of(error: ProviderError) -> str:
    """What the error is called, in a word that holds nothing of any text."""
    return error.provider_code or (str(error.http_status) if error.http_status else error.code)

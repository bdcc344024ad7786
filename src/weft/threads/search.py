"""What a search looks through, what it finds, and how two rankings become one (decisions.md 22).

Every way to search answers with these values, so that filters, scores and fusion are the same on any server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weft.errors import ConfigError

FUSION_K: Final = 60
"""The constant of reciprocal rank fusion, as in MongoDB's `$rankFusion`."""
MAX_LIMIT: Final = 100
MAX_RANGE: Final = 50


@dataclass(frozen=True, slots=True)
class Before:
    """Of this thread only what comes before that turn; other threads are not bounded (behaviour.md row 100)."""

    thread_id: str
    order: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose messages are looked through: a thread's, a user's but for hidden ones, or with neither everybody's."""

    thread_id: str | None = None
    user_id: str | None = None
    before: Before | None = None


@dataclass(frozen=True, slots=True)
class TextHit:
    """A message that has words of the query. `score` compares hits of one search only, the greatest first."""

    message_id: str
    score: float


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A message whose vector is near. `score` is the cosine of the angle, -1 to 1."""

    message_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found. Ranks count from 1; those of a list that it is not in are None."""

    message_id: str
    score: float
    text_rank: int | None = None
    vector_rank: int | None = None
    vector_score: float | None = None


def fuse(text: Sequence[TextHit], vector: Sequence[VectorHit], limit: int, k: int = FUSION_K) -> list[Hit]:
    """The best `limit` of both lists, each with its best hit first: a hit's score is the sum of 1 / (k + rank).

    Reciprocal rank fusion of Cormack, Clarke and Büttcher (SIGIR 2009). A list that a hit is not in adds 0.
    """
    text_ranks = {hit.message_id: rank for rank, hit in enumerate(text, 1)}
    vector_ranks = {hit.message_id: (rank, hit.score) for rank, hit in enumerate(vector, 1)}
    hits: list[Hit] = []
    for message_id in {**vector_ranks, **text_ranks}:
        text_rank = text_ranks.get(message_id)
        vector_rank, cosine = vector_ranks.get(message_id, (None, None))
        score = sum(1 / (k + rank) for rank in (text_rank, vector_rank) if rank is not None)
        hits.append(Hit(message_id, score, text_rank, vector_rank, cosine))
    return sorted(hits, key=_best_first)[:limit]


def _best_first(hit: Hit) -> tuple[float, float, str]:
    """Ties go to the nearer vector, and then to one and the same order at all times."""
    return (-hit.score, -(hit.vector_score if hit.vector_score is not None else -1.0), hit.message_id)


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How messages are searched.

    Args:
        limit: The best so many are kept, 1 to 100.
        text: Whether messages with the query's words are looked for.
        vector: Whether messages of like meaning are looked for; None: where there is an embedding model.
        threshold: Only vectors whose cosine is greater than this, -1 to 1; None for all.
        before: How many turns before each hit come with it, 0 to 50. The hit's own turn always does.
        after: How many turns after it.
        fusion_k: The constant of reciprocal rank fusion: the greater, the less the first ranks weigh.
        required: Whether a search that fails fails the answer. Otherwise it is logged, and the receipt says so.

    Raises:
        ConfigError: a number is out of range, or neither kind of search is on.
    """

    limit: int = 10
    text: bool = True
    vector: bool | None = None
    threshold: float | None = 0.0
    before: int = 2
    after: int = 1
    fusion_k: int = FUSION_K
    required: bool = False

    def __post_init__(self) -> None:
        ranges = (("limit", self.limit, 1, MAX_LIMIT), ("before", self.before, 0, MAX_RANGE))
        for name, given, least, most in (
            *ranges,
            ("after", self.after, 0, MAX_RANGE),
            ("fusion_k", self.fusion_k, 1, 10_000),
        ):
            if not least <= given <= most:
                raise ConfigError(f"{name} of a search is {given}; give {least} to {most}")
        if self.threshold is not None and not -1 <= self.threshold <= 1:
            raise ConfigError(f"threshold of a search is {self.threshold}; give -1 to 1, a cosine")
        if not self.text and self.vector is False:
            raise ConfigError("a search looks for text, for vectors or for both; this one is for neither")


@dataclass(frozen=True, slots=True)
class SearchChanges:
    """What a call changes of an agent's search options. None: as the agent says. `limit` 0: no search."""

    limit: int | None = None
    text: bool | None = None
    vector: bool | None = None
    threshold: float | None = None
    before: int | None = None
    after: int | None = None

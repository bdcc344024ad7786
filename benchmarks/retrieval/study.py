"""What the constants of hybrid search do: both lists fetched once and deep, then made one ranking in many ways.

One constant changes at a time. `share` 0 is the plain fusion of ranks, in which every hit by words counts.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from benchmarks.retrieval.figures import SCOPES, means, measured, tell
from benchmarks.retrieval.questions import NEGATIVE, Question, questions
from benchmarks.retrieval.world import World
from weft.llm.embeddings import spec_of
from weft.storage.search.choice import choose
from weft.storage.search.embedded.words import query_words
from weft.threads.coverage import ENOUGH, shares
from weft.threads.search import FUSION_K, Reach, TextHit, VectorHit, fuse
from weft.threads.vectors import Space

_DEEPEST: Final = 200
_DEPTHS: Final = (5, 10, 20, 40, 100, 200)
_KS: Final = (1, 5, 10, 20, 60, 200)
_THRESHOLDS: Final = (-1.0, 0.0, 0.1, 0.2, 0.3, 0.4)
_SHARES: Final = (0.0, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.9)


@dataclass(frozen=True, slots=True)
class Constants:
    k: int = FUSION_K
    depth: int = 40
    threshold: float = 0.0
    share: float = ENOUGH


@dataclass(frozen=True, slots=True)
class Lists:
    question: Question
    text: Sequence[TextHit]
    vector: Sequence[VectorHit]


PLAIN: Final = Constants(share=0.0)
STUDIED: Final = (
    *(replace(base, k=k) for base in (PLAIN, Constants()) for k in _KS),
    *(replace(base, depth=depth) for base in (PLAIN, Constants()) for depth in _DEPTHS),
    *(replace(base, threshold=threshold) for base in (PLAIN, Constants()) for threshold in _THRESHOLDS),
)


async def study(made: World) -> None:
    """Over all questions; the share also over every other topic and over the rest, so that it is seen to be no fit."""
    asked = [one for one in questions() if one.kind != NEGATIVE]
    topics = sorted({one.topic for one in asked})
    for scope in SCOPES:
        lists = [await _lists(made, one, scope) for one in asked]
        for constants in STUDIED:
            _tell(made, scope, "all", lists, constants)
        for share in _SHARES:
            _tell(made, scope, "all", lists, Constants(share=share))
            for name, half in (("even", topics[::2]), ("odd", topics[1::2])):
                _tell(made, scope, name, [one for one in lists if one.question.topic in half], Constants(share=share))


async def _lists(made: World, question: Question, scope: str) -> Lists:
    strategy = await choose(made.weft.store)
    [vector] = (await made.model.embed([question.query])).vectors
    space, reach = Space(spec_of(made.model), len(vector)), Reach(user_id=made.user_of(question, scope))
    return Lists(question, *await strategy.both(question.query, vector, space, reach, _DEEPEST))


def _tell(made: World, scope: str, topics: str, lists: Sequence[Lists], constants: Constants) -> None:
    found = [_fused(made, one, constants) for one in lists]
    scores = means(measured(found, [one.question for one in lists]))
    tell(figure="retrieval_study", scope=scope, topics=topics, **asdict(constants), **scores)


def _fused(made: World, lists: Lists, constants: Constants) -> list[str]:
    text = lists.text[: constants.depth]
    near = [hit for hit in lists.vector[: constants.depth] if hit.score > constants.threshold]
    if constants.share and near:
        ids = [*(hit.message_id for hit in text), *(hit.message_id for hit in near)]
        held = shares(query_words(lists.question.query), {id_: made.texts[id_] for id_ in ids})
        text = [hit for hit in text if held[hit.message_id] >= constants.share]
    return [made.names[hit.message_id] for hit in fuse(text, near, 10, constants.k)]

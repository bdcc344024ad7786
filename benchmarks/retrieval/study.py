"""What the constants of hybrid search do: each list fetched once and deep, then fused in every way."""

import json
from collections.abc import Sequence
from statistics import fmean
from typing import Final

from benchmarks.retrieval.questions import Question
from benchmarks.retrieval.scores import ndcg, recall
from benchmarks.retrieval.world import World
from weft.llm.embeddings import spec_of
from weft.storage.search.choice import choose
from weft.threads.search import Reach, TextHit, VectorHit, fuse
from weft.threads.vectors import Space

DEEPEST: Final = 200
DEPTHS: Final = (5, 10, 20, 40, 100, 200)
KS: Final = (1, 2, 5, 10, 20, 40, 60, 100, 1000)
THRESHOLDS: Final = (-1.0, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
Lists = tuple[Sequence[TextHit], Sequence[VectorHit]]


async def study(made: World, asked: Sequence[Question]) -> None:
    strategy = await choose(made.weft.store)
    for scope in ("all", "user"):
        lists: list[Lists] = []
        for one in asked:
            reach = Reach(user_id=None if scope == "all" else made.owners[next(iter(one.relevant))])
            [vector] = (await made.model.embed([one.query])).vectors
            space = Space(spec_of(made.model), len(vector))
            lists.append(await strategy.both(one.query, vector, space, reach, DEEPEST))
        for k in KS:
            _line(made, scope, asked, lists, k=k)
        for depth in DEPTHS:
            _line(made, scope, asked, lists, depth=depth)
        for threshold in THRESHOLDS:
            _line(made, scope, asked, lists, threshold=threshold)


def _line(
    made: World,
    scope: str,
    asked: Sequence[Question],
    lists: Sequence[Lists],
    *,
    k: int = 60,
    depth: int = 40,
    threshold: float = 0.0,
) -> None:
    found: list[list[str]] = []
    for text, vector in lists:
        near = [hit for hit in vector[:depth] if hit.score > threshold]
        found.append([made.names[hit.message_id] for hit in fuse(text[:depth], near, 10, k)])
    pairs = list(zip(found, (one.relevant for one in asked), strict=True))
    scores = {
        "recall@5": round(fmean(recall(*pair) for pair in pairs), 4),
        "ndcg@10": round(fmean(ndcg(*pair) for pair in pairs), 4),
    }
    about = {"figure": "retrieval_study", "scope": scope, "k": k, "depth": depth, "threshold": threshold}
    print(json.dumps(about | scores), flush=True)

"""Searches for every question by text, by vector and by both, through `weft.search`, and prints how good that was."""

import json
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, Final

from benchmarks.retrieval.questions import NEGATIVE, Question, questions
from benchmarks.retrieval.scores import margin, ndcg, recall
from benchmarks.retrieval.world import World
from weft.threads.search import SearchOptions

TEXT: Final = SearchOptions(vector=False)
WAYS: Final = {"text": TEXT, "vector": SearchOptions(text=False), "hybrid": SearchOptions()}
SCOPES: Final = ("all", "user")
THRESHOLDS: Final = (0.0, 0.2, 0.3, 0.4)
_BADLY: Final = 0.6
Scores = Mapping[str, Sequence[float]]
"""Of each question, by the name of the measure."""


async def figures(made: World, *, show: bool) -> None:
    """Over everybody's messages, and over those of the one whose messages answer; then what nothing answers."""
    asked = [one for one in questions() if one.kind != NEGATIVE]
    for scope in SCOPES:
        scores: dict[str, Scores] = {}
        for way, options in WAYS.items():
            found = [await _found(made, one, options, scope) for one in asked]
            scores[way] = measured(found, asked)
            if show and way == "hybrid":
                _show(scope, asked, found)
        _report(scope, asked, scores)
    await _negatives(made, [one for one in questions() if one.kind == NEGATIVE])


def measured(found: Sequence[Sequence[str]], asked: Sequence[Question]) -> Scores:
    pairs = [(names, one.relevant) for names, one in zip(found, asked, strict=True)]
    return {"recall@5": [recall(*pair) for pair in pairs], "ndcg@10": [ndcg(*pair) for pair in pairs]}


def means(scores: Scores) -> dict[str, float]:
    return {name: round(fmean(each), 4) for name, each in scores.items()}


def tell(**figure: Any) -> None:
    print(json.dumps(figure), flush=True)


async def _found(made: World, question: Question, options: SearchOptions, scope: str) -> list[str]:
    user = made.user_of(question, scope)
    found = await made.weft.search.messages(question.query, user_id=user, options=options)
    return [made.names[one.message.id] for one in found]


def _report(scope: str, asked: Sequence[Question], scores: Mapping[str, Scores]) -> None:
    tell(figure="retrieval", scope=scope, questions=len(asked), **{way: means(each) for way, each in scores.items()})
    for half in ("text", "vector"):
        pairs = {name: (scores["hybrid"][name], scores[half][name]) for name in scores[half]}
        sure = {name: [round(each, 4) for each in margin(*pair)] for name, pair in pairs.items()}
        tell(figure="retrieval_margin", scope=scope, hybrid_over=half, **sure)
    for kind in sorted({one.kind for one in asked}):
        chosen = [index for index, one in enumerate(asked) if one.kind == kind]
        by_way = {way: round(fmean(each["ndcg@10"][index] for index in chosen), 3) for way, each in scores.items()}
        tell(figure="retrieval_ndcg", scope=scope, kind=kind, questions=len(chosen), **by_way)


def _show(scope: str, asked: Sequence[Question], found: Sequence[Sequence[str]]) -> None:
    for one, names in zip(asked, found, strict=True):
        if (score := ndcg(names, one.relevant)) < _BADLY:
            tell(scope=scope, query=one.query, ndcg=round(score, 3), found=names[:5], relevant=one.relevant)


async def _negatives(made: World, asked: Sequence[Question]) -> None:
    """How many of ten hits there are where there should be none."""
    for threshold in THRESHOLDS:
        by_meaning = SearchOptions(text=False, threshold=threshold)
        hits = {
            way: round(fmean([len(await _found(made, one, options, "all")) for one in asked]), 2)
            for way, options in (("vector", by_meaning), ("text", TEXT))
        }
        tell(figure="retrieval_negatives", questions=len(asked), threshold=threshold, hits_of_10=hits)

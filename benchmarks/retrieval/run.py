"""Searches for every question in every way, through `weft.search`, and says how good the rankings are."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from benchmarks.retrieval.minilm import MiniLM
from benchmarks.retrieval.questions import NEGATIVE, Question, conversations, questions
from benchmarks.retrieval.scores import margin, ndcg, recall
from benchmarks.retrieval.study import study
from benchmarks.retrieval.world import World, world
from weft.threads.search import SearchOptions

WAYS: Final = {
    "text": SearchOptions(vector=False),
    "vector": SearchOptions(text=False),
    "hybrid": SearchOptions(),
}
SCOPES: Final = ("all", "user")
Rankings = Mapping[str, Sequence[Sequence[str]]]
"""By way of searching, the names that were found for each question."""


async def run(weights: Path, *, study: bool, show: bool) -> None:
    """Prints the figures: over everybody's messages, and over those of the one whose messages answer the question."""
    asked = questions()
    answered = [one for one in asked if one.kind != NEGATIVE]
    async with world(MiniLM(weights), conversations()) as made:
        for scope in SCOPES:
            rankings = {
                way: [await _found(made, one, options, scope) for one in answered] for way, options in WAYS.items()
            }
            _report(scope, answered, rankings)
            if show:
                _show(scope, answered, rankings["hybrid"])
        await _negatives(made, [one for one in asked if one.kind == NEGATIVE])
        if study:
            await _study(made, answered)


_study = study


async def _found(made: World, question: Question, options: SearchOptions, scope: str) -> list[str]:
    user = None if scope == "all" else made.owners[next(iter(question.relevant))]
    found = await made.weft.search.messages(question.query, user_id=user, options=options)
    return [made.names[one.message.id] for one in found]


def _report(scope: str, asked: Sequence[Question], rankings: Rankings) -> None:
    scores: dict[str, dict[str, list[float]]] = {}
    for way, found in rankings.items():
        pairs = list(zip(found, (one.relevant for one in asked), strict=True))
        scores[way] = {
            "recall@5": [recall(*pair) for pair in pairs],
            "ndcg@10": [ndcg(*pair) for pair in pairs],
        }
    figures = {way: {name: round(fmean(each), 4) for name, each in by.items()} for way, by in scores.items()}
    _print(figure="retrieval", scope=scope, questions=len(asked), **figures)
    for half in ("text", "vector"):
        sure = {
            name: [round(each, 4) for each in margin(scores["hybrid"][name], scores[half][name])]
            for name in scores[half]
        }
        _print(figure="retrieval_margin", scope=scope, hybrid_over=half, **sure)
    kinds: dict[str, dict[str, float]] = defaultdict(dict)
    for kind in sorted({one.kind for one in asked}):
        chosen = [index for index, one in enumerate(asked) if one.kind == kind]
        kinds[f"{kind} ({len(chosen)})"] = {
            way: round(fmean(by["ndcg@10"][index] for index in chosen), 3) for way, by in scores.items()
        }
    _print(figure="retrieval_ndcg_by_kind", scope=scope, **kinds)


def _show(scope: str, asked: Sequence[Question], found: Sequence[Sequence[str]]) -> None:
    for one, names in zip(asked, found, strict=True):
        if (score := ndcg(names, one.relevant)) < 0.6:
            _print(scope=scope, query=one.query, ndcg=round(score, 3), found=names[:5], relevant=one.relevant)


async def _negatives(made: World, asked: Sequence[Question]) -> None:
    """How many hits there are where there should be none."""
    for threshold in (0.0, 0.2, 0.3, 0.4):
        hits: dict[str, float] = {}
        for way, options in (("vector", SearchOptions(text=False, threshold=threshold)), ("text", WAYS["text"])):
            found = [await made.weft.search.messages(one.query, options=options) for one in asked]
            hits[way] = round(fmean(map(len, found)), 2)
        _print(figure="retrieval_negatives", questions=len(asked), threshold=threshold, hits_of_10=hits)


def _print(**figure: Any) -> None:
    print(json.dumps(figure), flush=True)

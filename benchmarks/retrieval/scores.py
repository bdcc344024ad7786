"""How good a ranking is: recall@5 and nDCG@10, and how sure that is."""

import math
import random
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Final

_RESAMPLES: Final = 2000


def recall(found: Sequence[str], relevant: Mapping[str, int], depth: int = 5) -> float:
    """The share of the relevant messages among the first `depth`, of as many as there is room for."""
    return len(relevant.keys() & set(found[:depth])) / min(depth, len(relevant))


def ndcg(found: Sequence[str], relevant: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain, with the gain 2^grade - 1."""
    ideal = sorted(relevant.values(), reverse=True)[:depth]
    return _gain([relevant.get(name, 0) for name in found[:depth]]) / _gain(ideal)


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1))


def margin(better: Sequence[float], worse: Sequence[float]) -> tuple[float, float]:
    """Between which values the mean difference of two rankings of the same questions lies, 19 times out of 20."""
    differences = [one - other for one, other in zip(better, worse, strict=True)]
    chance = random.Random(1)
    means = sorted(fmean(chance.choices(differences, k=len(differences))) for _ in range(_RESAMPLES))
    return means[_RESAMPLES // 40], means[-_RESAMPLES // 40]

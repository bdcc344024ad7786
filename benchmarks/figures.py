"""What is said of many measurements: percentiles within a round, the median over rounds, one JSON line a figure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

Round = Mapping[str, float]
"""What one round of one subject measured, by name."""


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed; NaN of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def medians(rounds: Sequence[Round]) -> dict[str, float]:
    """Name by name, the median over rounds; what must never happen is added up instead."""
    return {name: _over(name, [one[name] for one in rounds]) for name in rounds[0]}


def _over(name: str, values: Sequence[float]) -> float:
    return sum(values) if name in ("missing", "repeated") else float(f"{median(values):.4g}")


def report(
    figure: str, about: Mapping[str, object], subjects: Mapping[str, Sequence[Round]], by: str, to: str = "floor"
) -> None:
    """Prints the figure; `by` names the measurement whose ratio to that of `to` it gives, of each other subject."""
    measured = {name: medians(rounds) for name, rounds in subjects.items()}
    least = measured[to][by]
    ratios = {name: round(one[by] / least, 3) for name, one in measured.items() if name != to and least}
    rounds = len(subjects[to])
    print(
        json.dumps({"figure": figure, **about, "ratio_of": by, "ratio": ratios, **measured, "rounds": rounds}),
        flush=True,
    )

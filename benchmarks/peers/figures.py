"""The figures that peers are compared in: where each is found among the results, and which way is better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.peers.results import Line

NAMES = {
    "weft": "Weft",
    "langgraph": "LangGraph dev, runs",
    "langgraph-v2": "LangGraph dev, events",
    "agno": "Agno",
    "mastra": "Mastra",
}

Found = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By peer, figure and name."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a load. `unit` follows it; `file` names its plot, without one it is only in the tables."""

    title: str
    load: str
    name: str
    unit: str
    more_is_better: bool = False
    file: str = ""
    note: str = ""

    def of(self, found: Found, peer: str) -> float | None:
        """None if it has not been measured."""
        return found.get(peer, {}).get(self.load, {}).get(self.name)

    def better(self, one: float, other: float) -> bool:
        """Whether the first is ahead."""
        return one > other if self.more_is_better else one < other


_LESS, _MORE = "less is better", "more is better"

FIGURES = (
    Figure(
        "Request to first delta, p50", "first_delta", "request_p50_ms", "ms", False, "first-delta",
        f"one viewer, a new thread each time; {_LESS}",
    ),
    Figure("Request to first delta, p99", "first_delta", "request_p99_ms", "ms"),
    Figure("Model’s first text to the client, p50", "first_delta", "model_p50_ms", "ms"),
    Figure("Model’s first text to the client, p99", "first_delta", "model_p99_ms", "ms"),
    Figure("50 viewers, 50 deltas/s: seconds (2.0 at best)", "paced", "seconds", "s"),
    Figure("50 viewers, 50 deltas/s: lag p50", "paced", "p50_ms", "ms"),
    Figure(
        "50 viewers, 50 deltas/s: lag p95", "paced", "p95_ms", "ms", False, "lag",
        f"from the model’s text to each of 50 viewers; {_LESS}",
    ),
    Figure(
        "50 viewers, as fast as it goes", "flood", "deliveries_per_s", "/s", True, "flood",
        f"deltas delivered a second, of 1,000 to 50 viewers; {_MORE}",
    ),
    Figure("50 viewers, as fast as it goes: lag p95", "flood", "p95_ms", "ms"),
    Figure(
        "Bytes on the wire for a delta of 19", "paced", "bytes_per_delta", "B", False, "bytes",
        f"to a viewer, framing included; {_LESS}",
    ),
    Figure(
        "The newest 50 messages", "list50", "requests_per_s", "/s", True, "list-50",
        f"requests a second of 8 clients; {_MORE}",
    ),
    Figure("The newest 50 messages: bytes", "list50", "answer_bytes", "B"),
    Figure(
        "Memory after the loads", "memory", "total_mb", "MB", False, "memory",
        f"resident, of all processes, Weft’s with mongod; {_LESS}",
    ),
)  # fmt: skip


WORST = {"missing": "high", "repeated": "high", "got": "low", "kept": "low"}
"""What must not happen is told of the worst round."""


def found_in(lines: Sequence[Line]) -> Found:
    """By peer, figure and name."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for line in lines:
        told = {name: line[WORST.get(name, "median")][name] for name in line["median"]}
        found.setdefault(line["peer"], {})[line["figure"]] = told
    return {name: found[name] for name in NAMES if name in found}


def number(value: float | None) -> str:
    """With three digits, or as many as it has before the point."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ahead(found: Found) -> list[str]:
    """Every figure in which a peer is ahead of Weft, as a sentence."""
    told: list[str] = []
    for figure in FIGURES:
        ours = figure.of(found, "weft")
        others = {peer: figure.of(found, peer) for peer in found if peer != "weft"}
        if ours is None:
            continue
        leaders = [
            f"{NAMES[peer]} {number(value)}"
            for peer, value in others.items()
            if value is not None and figure.better(value, ours)
        ]
        if leaders:
            told.append(f"{figure.title}: {', '.join(leaders)}; Weft {number(ours)} {figure.unit}")
    return told

"""Results as JSON lines, one for each figure of a peer: the median over rounds, the lowest, the highest."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from os import sched_getaffinity
from pathlib import Path
from platform import python_version
from typing import Any

from benchmarks.figures import Round, medians

HERE = Path(__file__).parent
RESULTS = HERE / "results.jsonl"

Line = dict[str, Any]


def line(peer: str, figure: str, rounds: Sequence[Round]) -> Line:
    """What has been measured of a peer, when, and on what."""
    least, most = ({name: round(pick(one[name] for one in rounds), 3) for name in rounds[0]} for pick in (min, max))
    return {
        "peer": peer,
        "version": _version(peer),
        "figure": figure,
        "median": medians(rounds),
        "low": least,
        "high": most,
        "rounds": len(rounds),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
    }


def machine() -> str:
    """Processor, cores, memory, Python."""
    processor = next(
        (
            row.partition(": ")[2]
            for row in Path("/proc/cpuinfo").read_text().splitlines()
            if row.startswith("model name")
        ),
        "an unknown processor",
    )
    kilobytes = int(Path("/proc/meminfo").read_text().split()[1])
    return f"{processor}, {len(sched_getaffinity(0))} cores, {kilobytes / 1024**2:.0f} GB, Python {python_version()}"


def read(path: Path = RESULTS) -> list[Line]:
    """All lines; none if nothing has been measured yet."""
    if not path.exists():
        return []
    return [dict(json.loads(row)) for row in path.read_text().splitlines()]


def replace(peer: str, lines: Sequence[Line], path: Path = RESULTS) -> None:
    """The lines of a peer by new ones; the others stay."""
    kept = [one for one in read(path) if one["peer"] != peer]
    path.write_text("".join(json.dumps(one) + "\n" for one in [*kept, *lines]))


def _version(peer: str) -> str:
    if peer == "weft":
        return version("weft")
    if peer == "mastra":
        pinned = json.loads((HERE / "servers/mastra/package.json").read_text())["dependencies"]
        return str(pinned["@mastra/core"])
    package = "agno" if peer == "agno" else "langgraph-api"
    file = HERE / f"{peer.partition('-')[0]}.txt"
    pins = dict(row.split("==") for row in file.read_text().splitlines() if "==" in row)
    return str(pins[package])

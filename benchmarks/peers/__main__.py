"""`python -m benchmarks.peers [peer ...]`: each is installed if need be, started, measured for three rounds, ended."""

import argparse
import asyncio
import gc
import os
import resource
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import uvloop

from benchmarks.figures import Round
from benchmarks.peers import agno, install, langgraph, loads, mastra, reconnects, results, weft
from benchmarks.peers.loads import Sizes
from benchmarks.peers.peer import Peer
from benchmarks.peers.processes import children_megabytes, session_megabytes

Running = Callable[[Path, Path, dict[str, str]], AbstractAsyncContextManager[Peer]]

PEERS: dict[str, Running] = {
    "weft": weft.running,
    "langgraph": langgraph.running,
    "langgraph-v2": langgraph.running_v2,
    "agno": agno.running,
    "mastra": mastra.running,
}
GENERATING = (0, 50, 500)
"""Viewers of one answer."""


def main() -> None:
    """Measures those that were asked for. Ends with 1 if one of them could not be."""
    chosen = _arguments()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    install.prepare()
    failed = [name for name in dict.fromkeys(chosen.peers or PEERS) if not uvloop.run(_one(name, chosen))]
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


async def _one(name: str, chosen: argparse.Namespace) -> bool:
    try:
        if name != "weft":
            await install.install(name.partition("-")[0])
    except install.CannotInstallError as why:
        _say(f"{name} is skipped, it could not be installed: {why}")
        return True
    if chosen.install_only:
        return True
    try:
        await _measure(name, chosen)
    except (RuntimeError, AssertionError, OSError, TimeoutError) as why:
        _say(f"{name} failed: {why!r}")
        return False
    return True


async def _measure(name: str, chosen: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="weft-peer-") as data:
        env = os.environ | {"PEER_DATA": data}
        async with PEERS[name](install.PEERS, install.PEERS / "logs", env) as peer:
            idle = _weight(peer)
            found = await _rounds(peer, chosen)
            found["memory"] = [_weight(peer) | {"idle_mb": idle["rss_mb"]}]
    lines = [results.line(name, figure, rounds) for figure, rounds in found.items()]
    results.replace(name, lines, Path(chosen.output))


async def _rounds(peer: Peer, chosen: argparse.Namespace) -> dict[str, list[Round]]:
    sizes = Sizes(viewers=chosen.viewers, flood=chosen.flood)
    _say(f"{peer.name}: filling a thread of 50 messages")
    thread = await loads.fill(peer) if peer.name != "langgraph-v2" else ""
    figures = _figures(peer, thread, sizes, chosen.generating)
    found: dict[str, list[Round]] = {figure: [] for figure in figures}
    for number in range(chosen.rounds):
        for figure, measure in figures.items():
            if number and figure.startswith("generation_") and peer.name != "weft":
                continue  # of the others once: it is long where it is slow
            gc.collect()
            found[figure].append(await measure())
            _say(f"{peer.name} {number + 1}/{chosen.rounds} {figure}: {_short(found[figure][-1])}")
            await asyncio.sleep(0.2)
    return found


def _figures(peer: Peer, thread: str, sizes: Sizes, generating: list[int]) -> dict[str, Callable[[], Awaitable[Round]]]:
    figures: dict[str, Callable[[], Awaitable[Round]]] = {
        "first_delta": lambda: loads.first_delta(peer, sizes),
        "paced": lambda: loads.paced(peer, sizes),
        "flood": lambda: loads.flood(peer, sizes),
        "reconnect": lambda: reconnects.reconnect(peer, sizes),
        "late_tab": lambda: reconnects.late_tab(peer, sizes),
        "poster_drops": lambda: reconnects.poster_drops(peer, sizes),
    }
    if thread:  # both protocols of LangGraph list by the same request
        figures["list50"] = lambda: loads.listed(peer, thread, sizes)
    for viewers in generating:
        figures[f"generation_{viewers}"] = partial(loads.generated, peer, viewers)
    return figures


def _weight(peer: Peer) -> dict[str, float]:
    """Megabytes of the server and of all that it started; `mongod` is counted apart."""
    server, mongod = session_megabytes(peer.pid), children_megabytes("mongod")
    return {"rss_mb": server, "mongod_mb": mongod, "total_mb": server + mongod}


def _short(found: Round) -> str:
    return " ".join(f"{name}={value:.4g}" for name, value in found.items())


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("peers", nargs="*", metavar="peer", help=f"{', '.join(PEERS)}; all of them by default")
    parser.add_argument("--rounds", type=int, default=3, help="the median is reported")
    parser.add_argument("--viewers", type=int, default=50, help="of the paced and of the fast answer")
    parser.add_argument("--flood", type=int, default=1000, help="texts of the fast answer")
    parser.add_argument(
        "--generating", type=int, nargs="*", default=list(GENERATING), help="viewers of the model's pace"
    )
    parser.add_argument("--output", default=str(results.RESULTS), help="where the lines of a peer are replaced")
    parser.add_argument("--install-only", action="store_true", help="measures nothing")
    chosen = parser.parse_args()
    if unknown := set(chosen.peers) - set(PEERS):
        parser.error(f"there is no peer {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    return chosen


if __name__ == "__main__":
    main()

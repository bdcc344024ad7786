"""`python -m benchmarks`: every figure in a few minutes; `... fanout --viewers 1 1000`: one of them."""

import argparse
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from benchmarks import agent, context, crowd, fanout, first_delta, idle, list50, search, write, write_length
from benchmarks.machine import settle

Figure = Callable[[argparse.Namespace], Coroutine[Any, Any, None]]


async def _write(chosen: argparse.Namespace) -> None:
    """Many short rounds: there are many figures."""
    await write.run(chosen.writers, chosen.rounds, chosen.seconds * 0.4)
    await write_length.run(chosen.lengths, chosen.rounds, chosen.seconds * 0.2)


FIGURES: dict[str, Figure] = {
    "agent": lambda chosen: agent.run(chosen.at_once, chosen.rounds),
    "context": lambda chosen: context.run(chosen.context_lengths, chosen.rounds, chosen.queries),
    "crowd": lambda chosen: crowd.run(chosen.answers, chosen.rounds, chosen.seconds),
    "fanout": lambda chosen: fanout.run(chosen.viewers, chosen.apart, chosen.rounds, chosen.seconds),
    "first_delta": lambda chosen: first_delta.run(chosen.rounds),
    "idle": lambda chosen: idle.run(chosen.idle, chosen.rounds),
    "list50": lambda chosen: list50.run(chosen.clients, chosen.rounds, chosen.seconds, beside_yoga=chosen.yoga),
    "search": lambda chosen: search.run(chosen.messages, chosen.rounds, chosen.queries),
    "write": _write,
}


def main() -> None:
    """Runs the figures that were asked for, one after the other."""
    chosen = _arguments()
    settle()
    for name in chosen.figures or FIGURES:
        uvloop.run(FIGURES[name](chosen))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="One JSON line a figure, on stdout.")
    parser.add_argument("figures", nargs="*", metavar="figure", help=f"{', '.join(FIGURES)}; all of them by default")
    parser.add_argument("--rounds", type=int, default=3, help="of each subject in turn; the median is reported")
    parser.add_argument("--seconds", type=float, default=2.5, help="a round takes")
    parser.add_argument("--viewers", type=int, nargs="*", default=[1, 50, 200, 1000], help="of one document")
    parser.add_argument("--apart", type=int, nargs="*", default=[200], help="viewers of as many documents")
    parser.add_argument("--answers", type=int, nargs="*", default=[100], help="at once, each with a viewer of its own")
    parser.add_argument("--idle", type=int, nargs="*", default=[1000, 10_000], help="viewers to whom nothing is said")
    parser.add_argument("--at-once", type=int, nargs="*", default=[50, 200], help="answers of agents")
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 16], help="that list messages at once")
    parser.add_argument("--yoga", action="store_true", help="lists beside graphql-yoga too, on Node 20.19 or newer")
    parser.add_argument("--writers", type=int, nargs="*", default=[1, 16, 64], help="each in a thread of its own")
    parser.add_argument("--lengths", type=int, nargs="*", default=[10, 100, 10_000, 200_000], help="of threads")
    parser.add_argument("--context-lengths", type=int, nargs="*", default=[10_000], help="of threads that are answered")
    parser.add_argument("--messages", type=int, nargs="*", default=[1000, 10_000, 100_000], help="to search")
    parser.add_argument("--queries", type=int, default=50, help="of each kind in a round")
    chosen = parser.parse_args()
    if unknown := set(chosen.figures) - set(FIGURES):
        parser.error(f"there is no figure {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    return chosen


if __name__ == "__main__":
    main()

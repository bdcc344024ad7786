"""`python -m benchmarks.retrieval`: how well text, vector and hybrid search answer the questions of the set."""

import argparse
import asyncio
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: more threads are slower on short texts

from benchmarks.retrieval.figures import figures
from benchmarks.retrieval.install import install
from benchmarks.retrieval.minilm import MiniLM
from benchmarks.retrieval.study import study
from benchmarks.retrieval.world import world


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description="One JSON line a figure.")
    parser.add_argument("--study", action="store_true", help="also what k, depth, threshold and the share do")
    parser.add_argument("--show", action="store_true", help="also the questions that hybrid search answers badly")
    asyncio.run(_run(parser.parse_args()))


async def _run(chosen: argparse.Namespace) -> None:
    model = MiniLM(install())
    model.check()
    async with world(model) as made:
        await figures(made, show=chosen.show)
        if chosen.study:
            await study(made)


if __name__ == "__main__":
    main()

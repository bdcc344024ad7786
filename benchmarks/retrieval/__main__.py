"""`python -m benchmarks.retrieval`: what text, vector and hybrid search find of the set; `--study`: what k and depth do."""

import argparse
import asyncio
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: more threads are slower on short texts

from benchmarks.retrieval import run
from benchmarks.retrieval.install import install


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description="One JSON line a figure.")
    parser.add_argument("--study", action="store_true", help="also every k, depth and threshold")
    parser.add_argument("--show", action="store_true", help="also each question that hybrid search answers badly")
    chosen = parser.parse_args()
    asyncio.run(run.run(install(), study=chosen.study, show=chosen.show))


if __name__ == "__main__":
    main()

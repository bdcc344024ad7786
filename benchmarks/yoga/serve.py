"""The server of graphql-yoga: its packages as the lock file has them, one process on the first core like Weft's."""

import shutil
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.servers import Server, serving

_HERE = Path(__file__).parent
_LOCK = _HERE / "package-lock.json"
_STAMP = _HERE / "node_modules/.installed"


def install() -> None:
    """`npm ci`, unless it has been run for this lock file. Needs Node 20.19 or newer, and the network."""
    if _STAMP.exists() and _STAMP.read_bytes() == _LOCK.read_bytes():
        return
    subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"],
        cwd=_HERE,
        check=True,
        stdout=2,
    )
    shutil.copyfile(_LOCK, _STAMP)


@asynccontextmanager
async def yoga(uri: str) -> AsyncGenerator[Server, None]:
    """It answers what `benchmarks.list50` asks, and nothing else."""
    async with serving(uri, {"NODE_ENV": "production"}, "node", str(_HERE / "server.mjs")) as server:
        yield server

"""Where the run's mongod keeps its data: in memory where there is plenty, for a database is a hundred files to make."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

MEMORY: Final = Path("/dev/shm")
ENOUGH: Final = 8 << 30
_PREFIX: Final = "weft-tests-"


@contextmanager
def quick_disk(elsewhere: pytest.TempPathFactory) -> Generator[Path, None, None]:
    """An empty directory, in memory when it has 8 GiB to spare, and then gone afterwards."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH:
        yield elsewhere.mktemp("mongod")
        return
    _clear_after_the_killed()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=MEMORY) as directory:
        yield Path(directory)


def _clear_after_the_killed() -> None:
    for left in MEMORY.glob(f"{_PREFIX}*"):
        pid = left.name.removeprefix(_PREFIX).split("-")[0]
        if not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)

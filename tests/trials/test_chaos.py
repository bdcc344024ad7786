"""The short form of `make chaos`."""

from pathlib import Path

import pytest
from tests.trials.chaos import chaos

SEED = 7


@pytest.mark.timeout(240)
async def test_what_was_acknowledged_is_there_once_after_server_worker_and_mongod_were_killed_under_load(
    tmp_path: Path,
) -> None:
    outcome = await chaos(tmp_path, SEED, most=4, users=3)
    assert {fault for fault in outcome.faults if fault.startswith("SIGKILL")} >= {
        "SIGKILL mongod",
        "SIGKILL server 1",
        "SIGKILL worker 1",
    }
    assert outcome.messages > 0

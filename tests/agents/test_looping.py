"""Work that never ends outlives a store that does not answer, and nothing else that goes wrong."""

import asyncio
import logging
from contextlib import suppress

import pytest
from tests.support import in_time

from weft.agents import looping
from weft.agents.looping import repeat, woken
from weft.errors import UnavailableError

LOG = logging.getLogger(__name__)


class _DoneError(Exception):
    pass


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looping, "PAUSE_SECONDS", 0.0)


@pytest.mark.parametrize("fails", ["work", "rest"])
async def test_a_store_that_does_not_answer_is_told_of_and_asked_again(
    fails: str, caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[str] = []

    async def step(name: str) -> None:
        turns.append(name)
        if turns.count(fails) == 3:
            raise _DoneError
        if name == fails:
            raise UnavailableError("away")

    with pytest.raises(_DoneError):
        await in_time(repeat(lambda: step("work"), lambda: step("rest"), log=LOG, failing="cannot"))
    assert turns.count(fails) == 3
    assert [(record.message, vars(record)["error"]) for record in caplog.records] == [("cannot", "away")] * 2


async def test_what_rings_during_work_is_looked_at_next() -> None:
    wake, turns = asyncio.Event(), 0

    async def work() -> None:
        nonlocal turns
        assert not wake.is_set()
        turns += 1
        if turns == 3:
            raise _DoneError
        wake.set()

    with pytest.raises(_DoneError):
        await in_time(repeat(work, lambda: woken(wake, 3600), log=LOG, failing="", wake=wake))


async def test_a_rest_ends_by_itself() -> None:
    wake = asyncio.Event()
    assert not await woken(wake, 0)
    wake.set()
    assert await woken(wake, 3600)


@pytest.mark.parametrize("swallows", ["work", "rest"])
async def test_it_ends_when_it_was_cancelled_though_the_cancellation_was_swallowed(swallows: str) -> None:
    """As wait_for of Python 3.11 does."""
    begun = asyncio.Event()

    async def step(name: str) -> None:
        if name == swallows:
            begun.set()
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    task = asyncio.create_task(repeat(lambda: step("work"), lambda: step("rest"), log=LOG, failing=""))
    await in_time(begun.wait())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await in_time(task)

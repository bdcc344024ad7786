"""Servers, workers and mongod are killed and frozen at random under users; then it is proven that nothing was lost.

`make chaos` runs it for minutes: `SECONDS=600 SEED=7 make chaos`.
"""

import asyncio
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from tests.trials.chaos_fleet import LONGEST_STOP, Fault, Fleet, faults, fleet_in
from tests.trials.chaos_proof import calmed_down, prove
from tests.trials.chaos_users import User

from weft.storage.connection import connect

USERS = 4

_log = logging.getLogger("weft.chaos")


@dataclass(slots=True)
class Outcome:
    """What was done, and to how much."""

    seed: int
    faults: list[str] = field(default_factory=list[str])
    messages: int = 0
    cuts: int = 0
    seconds: float = 0


async def chaos(directory: Path, seed: int, *, most: int, seconds: float = float("inf"), users: int = USERS) -> Outcome:
    """So many faults, or for so long. Raises AssertionError or TimeoutError with what was lost."""
    chance, begun = random.Random(seed), time.monotonic()
    outcome = Outcome(seed)
    async with fleet_in(directory) as fleet:
        people = [User(fleet.servers, random.Random(seed * 100 + number), f"user{number}") for number in range(users)]
        for user in people:
            await user.begin()
        over = asyncio.Event()
        async with asyncio.TaskGroup() as living:
            for user in people:
                living.create_task(user.live(over))
            async for fault in _suffered(fleet, chance, most):
                outcome.faults.append(f"{fault.way} {fault.victim}")
                outcome.messages = sum(len(user.acknowledged) for user in people)
                outcome.cuts = sum(screen.cuts for user in people for screen in user.screens)
                _log.info(
                    "%d s: %s; %d messages, %d cuts",
                    time.monotonic() - begun,
                    outcome.faults[-1],
                    outcome.messages,
                    outcome.cuts,
                )
                if time.monotonic() - begun > seconds:
                    break
            over.set()
        await _proven(fleet, people)
    outcome.messages = sum(len(user.acknowledged) for user in people)
    outcome.seconds = round(time.monotonic() - begun, 1)
    return outcome


async def _suffered(fleet: Fleet, chance: random.Random, most: int) -> AsyncIterator[Fault]:
    for fault in islice(faults(chance, fleet.victims), most):
        await asyncio.sleep(chance.uniform(0.2, 1.5))
        await fleet.suffer(fault, chance.uniform(0, LONGEST_STOP))
        yield fault


async def _proven(fleet: Fleet, people: list[User]) -> None:
    server = fleet.servers[0]
    db = await connect(fleet.mongod.uri, database="chaos")
    try:
        await calmed_down(server, db, people)
        for user in people:
            await prove(server, db, user)
    finally:
        await db.client.close()
    assert "Traceback" not in fleet.log.read_text(), f"a traceback in {fleet.log}"


def main() -> None:
    """Prints the seed first, that it can be run again, and one line of JSON at the end."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    seconds = float(os.environ.get("SECONDS") or 180)
    directory = Path(tempfile.mkdtemp(prefix="weft-chaos-"))
    sys.stderr.write(f"SEED={seed} SECONDS={seconds:g}; logs are in {directory}\n")
    logging.basicConfig(level=logging.WARNING)
    _log.setLevel(logging.INFO)
    outcome = asyncio.run(chaos(directory, seed, most=sys.maxsize, seconds=seconds))
    sys.stdout.write(json.dumps(asdict(outcome) | {"faults": len(outcome.faults)}) + "\n")


if __name__ == "__main__":
    main()

"""Two servers, two workers and their mongod, and what is done to them. Everybody comes back at the same address."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.live.server import ServerProcess

from weft.storage.embedded import EmbeddedMongo
from weft.storage.mongod_process import pick_port
from weft.storage.processes import until

APP: Final = "tests.trials.chaos_app:app"
WAYS: Final = ("SIGKILL", "SIGTERM", "SIGSTOP")
LONGEST_STOP: Final = 2.0
"""Seconds that somebody is frozen."""
BACK_SECONDS: Final = 90.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done to whom."""

    victim: str
    way: str


def faults(chance: random.Random, victims: list[str]) -> Iterator[Fault]:
    """Without end; each deck has everything once, and begins with what kills a server, a worker and mongod."""
    first = [Fault(next(v for v in victims if v.startswith(kind)), "SIGKILL") for kind in ("mongod", "server", "work")]
    chance.shuffle(first)
    yield from first
    rest = [Fault(victim, way) for victim in victims for way in WAYS if Fault(victim, way) not in first]
    while True:
        chance.shuffle(rest)
        yield from rest
        rest = [Fault(victim, way) for victim in victims for way in WAYS]


class Seat:
    """A process that has a successor at its address whenever it has gone."""

    def __init__(self, env: Mapping[str, str], log: Path, word: str, *command: str) -> None:
        self._env = dict(env) | ({"WEFT_PORT": str(pick_port())} if command[0] == "serve" else {})
        self._log = log
        self._word = word
        self._command = command
        self.server: ServerProcess | None = None

    async def start(self) -> ServerProcess:
        """Whoever asks `server` for its address keeps it: only the process in it is a new one."""
        new = await ServerProcess.start(self._env, self._log, *self._command)
        if self.server is None:
            self.server = new
        else:
            self.server.process = new.process
        await self.server.ready(self._word)
        return self.server

    @property
    def taken(self) -> ServerProcess:
        assert self.server is not None, "somebody sits here after `start`"
        return self.server

    async def suffer(self, way: str, seconds: float) -> None:
        process = self.taken.process
        if way == "SIGSTOP":
            process.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(seconds)
            finally:
                process.send_signal(signal.SIGCONT)
            return
        process.send_signal(signal.Signals[way])
        await process.wait()
        await asyncio.sleep(seconds)
        await self.start()

    async def end(self) -> None:
        if self.server is not None and self.server.process.returncode is None:
            await self.server.end()


class Fleet:
    """All of it. `log` is what the processes say."""

    def __init__(self, mongod: EmbeddedMongo, directory: Path) -> None:
        env = {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": "chaos", "WEFT_DATA_DIR": str(directory / "data")}
        self.log = directory / "processes.log"
        self.mongod = mongod
        serve = ("GraphQL ", "serve", APP, "--no-worker")
        work = ("works on answers", "worker", APP)
        self.seats = {f"server {n}": Seat(env, self.log, *serve) for n in (1, 2)}
        self.seats |= {f"worker {n}": Seat(env, self.log, *work) for n in (1, 2)}

    @property
    def victims(self) -> list[str]:
        return [*self.seats, "mongod"]

    @property
    def servers(self) -> list[ServerProcess]:
        return [seat.taken for name, seat in self.seats.items() if name.startswith("server")]

    async def start(self) -> None:
        await asyncio.gather(*(seat.start() for seat in self.seats.values()))

    async def suffer(self, fault: Fault, seconds: float) -> None:
        """Returns when the victim is there again."""
        if fault.victim != "mongod":
            await self.seats[fault.victim].suffer(fault.way, seconds)
            return
        before = self.mongod.mongod.process
        os.kill(before.pid, signal.Signals[fault.way])
        if fault.way == "SIGSTOP":
            try:
                await asyncio.sleep(seconds)
            finally:
                os.kill(before.pid, signal.SIGCONT)
            return
        assert await until(lambda: self.mongod.mongod.process != before, BACK_SECONDS), "mongod came not back"

    async def stop(self) -> None:
        await asyncio.gather(*(seat.end() for seat in self.seats.values()))


@asynccontextmanager
async def fleet_in(directory: Path) -> AsyncGenerator[Fleet, None]:
    """Its own mongod too, for it is killed."""
    async with EmbeddedMongo(directory / "mongod") as mongod:
        fleet = Fleet(mongod, directory)
        try:
            await fleet.start()
            yield fleet
        finally:
            await fleet.stop()

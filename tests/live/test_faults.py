"""What may break under viewers, broken for real: each of them ends with exactly what is stored."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.live.apps import LONG
from tests.live.client import Client, Screen, stored
from tests.live.desk import desk
from tests.live.server import ServerProcess, serving
from tests.subscriptions.histories import CHAOS
from tests.support import wait_until

from weft.storage.types import Database

NO_WORKER = ("serve", "tests.live.apps:app", "--no-worker")
MANY = 50


HELD = "model 2 speaks"
"""Where an answer of three steps stands until the desk opens: its second step has been begun."""
WHOLE = "Step 1: after 0 results. Step 2: after 2 results. Step 3: after 3 results."


async def in_mid_answer(server: ServerProcess, thread: str, clients: list[Client]) -> str:
    """A held answer, which every client has seen up to its second step; its generation."""
    for client in clients:
        await client.read()
    generation = str((await server.send(thread, "travel"))["generation"]["id"])
    for client in clients:
        await client.follow(lambda screen: "Step 2: " in screen.written)
    return generation


@asynccontextmanager
async def following(clients: list[Client], generation: str) -> AsyncGenerator[None, None]:
    """They follow it meanwhile, each on an open line, and afterwards to its end."""
    lines = sum(client.lines for client in clients)
    watching = [asyncio.create_task(client.follow(lambda screen: screen.over(generation))) for client in clients]
    try:
        await wait_until(partial(_has_lines, clients, lines + len(clients)))
        yield
        await asyncio.gather(*watching)
    finally:
        for task in watching:
            task.cancel()


# ---------------------------------------------------------------- the line


APPROVE = """mutation Approve($input: ToolDecisionInput!) { approveToolCall(input: $input) { stillPending } }"""
PENDING = "query Pending($id: ID!) { thread(id: $id) { pendingApprovals { approval { id } } } }"
ABORT = """mutation Stop($id: ID!) { abortGeneration(input: {generationId: $id}) { userErrors { code } } }"""
AGAIN = """mutation Again($id: ID!) { regenerate(input: {messageId: $id}) { generation { id } } }"""
DELETE = """mutation Delete($ids: [ID!]!) { deleteMessages(input: {messageIds: $ids}) { userErrors { code } } }"""
TITLE = (
    """mutation Title($id: ID!) { updateThread(input: {threadId: $id, title: "the end"}) { userErrors { code } } }"""
)


class Story:
    """Everything that can happen in a thread, through the API of a server."""

    def __init__(self, server: ServerProcess, thread: str, seen: Client) -> None:
        self._server = server
        self._thread = thread
        self._seen = seen

    async def tell(self) -> str:
        """Returns the cursor of its end."""
        travel = await self._sent("travel")
        await self._over(travel)
        await self._approved(await self._sent("careful"))
        await self._stopped(await self._sent("slow"))
        rows = (await self._server.thread(self._thread))["messages"]["edges"]
        again = await self._server.call(AGAIN, id=rows[1]["node"]["id"])
        await self._over(again["regenerate"]["generation"]["id"])
        await self._server.call(DELETE, ids=[rows[-1]["node"]["id"], rows[-2]["node"]["id"]])
        await self._server.call(TITLE, id=self._thread)
        return str((await self._server.thread(self._thread))["cursor"])

    async def _sent(self, agent: str) -> str:
        return str((await self._server.send(self._thread, agent))["generation"]["id"])

    async def _over(self, generation: str) -> None:
        await self._seen.follow(lambda screen: screen.over(generation))

    async def _approved(self, generation: str) -> None:
        await self._seen.follow(lambda screen: screen.waits(generation))
        pending = (await self._server.call(PENDING, id=self._thread))["thread"]["pendingApprovals"]
        asked = {"threadId": self._thread, "approvalId": pending[0]["approval"]["id"]}
        await self._server.call(APPROVE, input=asked)
        await self._over(generation)

    async def _stopped(self, generation: str) -> None:
        before = self._seen.screen.deltas
        await self._seen.follow(lambda screen: screen.deltas > before + 3)
        await self._server.call(ABORT, id=generation)
        await self._over(generation)


def is_called(screen: Screen) -> bool:
    """A reader may hear of the last title early: an event tells of the thread as it is when it is told."""
    return screen.title == "the end"


async def cut_again_and_again(client: Client, end: "asyncio.Future[str]", seed: int) -> None:
    """Cut after a few messages each time: in the handshake, in mid-replay, while it follows."""
    chance = random.Random(seed)
    while not is_called(client.screen):
        await client.connected(is_called, cut_after=chance.choice([0, 1, 1, 2, 3, 5, 8]))
    last = await end
    while client.screen.cursor != last:
        await client.connected(lambda screen: screen.cursor == last, cut_after=chance.choice([0, 1, 2, 3, 5, 8]))


@pytest.mark.parametrize("seed", range(CHAOS))
async def test_sockets_that_are_cut_at_any_moment_end_with_what_is_stored(
    env: dict[str, str], log: Path, db: Database, seed: int
) -> None:
    end: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with desk() as at, serving(env | at.env, log) as server:
        thread = await server.new_thread()
        clients = [Client([server], thread) for _ in range(10)]
        for client in clients:
            await client.read()
        cutting = [
            asyncio.create_task(cut_again_and_again(client, end, 100 * seed + number))
            for number, client in enumerate(clients[1:])
        ]
        end.set_result(await Story(server, thread, clients[0]).tell())
        await asyncio.gather(clients[0].follow(lambda screen: screen.cursor == end.result()), *cutting)
        shown = await stored(server, thread)
    assert [client.screen.shown() for client in clients] == [shown] * len(clients)
    assert sum(client.cuts for client in clients) > 100
    assert sum(client.screen.resyncs for client in clients) == 0


# ---------------------------------------------------------------- a laptop that sleeps


@pytest.mark.parametrize("answer", ["has ended", "goes on"])
async def test_a_laptop_that_slept_past_the_kept_events_reads_again_and_is_right(
    env: dict[str, str], log: Path, db: Database, answer: str
) -> None:
    async with desk(HELD) as at, serving(env | at.env, log) as server:
        thread = await server.new_thread()
        laptop, desktop = Client([server], thread), Client([server], thread)
        generation = await in_mid_answer(server, thread, [laptop, desktop])
        await server.call(TITLE, id=thread)
        if answer == "has ended":
            at.open()
            await desktop.follow(lambda screen: screen.over(generation))
            await db["streams"].delete_many({"threadId": thread})
            await db["deltas"].delete_many({"threadId": thread})
        await db["events"].delete_many({"threadId": thread})
        await laptop.follow(is_called)
        assert laptop.screen.resyncs == 1
        at.open()
        await wait_until(lambda: ended(db, generation))
        echo = (await server.send(thread, "echo", "Good morning"))["generation"]["id"]
        await wait_until(lambda: ended(db, echo))
        last = (await server.thread(thread))["cursor"]
        for client in (laptop, desktop):
            await client.follow(lambda screen: screen.cursor == last)
        shown = await stored(server, thread)
    assert [laptop.screen.shown(), desktop.screen.shown()] == [shown] * 2
    assert (shown[1]["text"], shown[1]["status"]) == (WHOLE, "SUCCESS")


async def ended(db: Database, generation: str) -> bool:
    return await db["generations"].count_documents({"_id": generation, "status": "succeeded"}) == 1


# ---------------------------------------------------------------- MongoDB


async def test_fifty_viewers_of_a_mongod_that_is_killed_in_mid_answer_each_end_right(
    env: dict[str, str], log: Path, tmp_path: Path
) -> None:
    """The embedded mongod is started again by the server."""
    own = {name: value for name, value in env.items() if name != "WEFT_MONGODB_URI"}
    async with serving(own, log) as server:
        thread = await server.new_thread()
        clients = [Client([server], thread) for _ in range(MANY)]
        for client in clients:
            client.screen.cursor = (await server.thread(thread))["cursor"]
        generation = str((await server.send(thread, "slow"))["generation"]["id"])
        async with following(clients, generation):
            await wait_until(lambda: all(client.screen.deltas > 3 for client in clients))
            os.kill(int((tmp_path / "data" / "mongo" / "mongod.lock").read_text()), signal.SIGKILL)
        shown = await stored(server, thread)
        assert await server.stop() == 0
    assert [client.screen.shown() for client in clients] == [shown] * MANY
    assert (shown[1]["text"], shown[1]["status"]) == (LONG, "SUCCESS")


# ---------------------------------------------------------------- servers and workers


class Fleet:
    """Two servers that do not work and two workers, on one MongoDB."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self._env = env
        self._log = log
        self.servers: list[ServerProcess] = []
        self.workers: list[ServerProcess] = []

    async def start(self) -> None:
        """Whoever is missing."""
        servers = [self._started("GraphQL ", *NO_WORKER) for _ in range(2 - len(self.servers))]
        workers = [self._started("works on answers", "worker", NO_WORKER[1]) for _ in range(2 - len(self.workers))]
        started = await asyncio.gather(*servers, *workers)
        self.servers += started[: len(servers)]
        self.workers += started[len(servers) :]

    async def _started(self, word: str, *command: str) -> ServerProcess:
        process = await ServerProcess.start(self._env, self._log, *command)
        try:
            return await process.ready(word)
        except BaseException:
            await process.kill()
            raise

    async def kill(self, victim: ServerProcess) -> None:
        """`kill -9`, and another one in its place."""
        await victim.kill()
        self.servers = [server for server in self.servers if server is not victim]
        self.workers = [worker for worker in self.workers if worker is not victim]
        await self.start()

    async def stop(self) -> None:
        await asyncio.gather(*(process.end() for process in (*self.servers, *self.workers)))


@asynccontextmanager
async def fleet_of(env: dict[str, str], log: Path) -> AsyncGenerator[Fleet, None]:
    fleet = Fleet(env, log)
    try:
        await fleet.start()
        yield fleet
    finally:
        await fleet.stop()


async def writer(fleet: Fleet, db: Database, generation: str) -> ServerProcess:
    """The worker that writes the answer."""
    job: dict[str, Any] = await db["generations"].find_one({"_id": generation}) or {}
    pid = int(job["leaseOwner"].split("|")[1])
    (found,) = [worker for worker in fleet.workers if worker.process.pid == pid]
    return found


def _has_lines(clients: list[Client], count: int) -> bool:
    return sum(client.lines for client in clients) == count


@pytest.mark.timeout(240)
async def test_each_of_two_servers_and_two_workers_may_be_killed_and_every_viewer_ends_with_the_stored_answer(
    env: dict[str, str], log: Path, db: Database
) -> None:
    """One after the other, in the middle of one answer; each has a successor before the next one goes."""
    async with desk(HELD) as at, fleet_of(env | at.env, log) as fleet:
        first, second = fleet.servers
        thread = await first.new_thread()
        clients = [Client(fleet.servers if number % 2 else fleet.servers[::-1], thread) for number in range(6)]
        generation = await in_mid_answer(second, thread, clients)
        async with following(clients, generation):
            for victim in (first, second):
                lines = sum(client.lines for client in clients)
                lost = sum(client.servers[0] is victim for client in clients)
                await fleet.kill(victim)
                for client in clients:
                    client.servers.append(fleet.servers[-1])
                await wait_until(partial(_has_lines, clients, lines + lost))
            writing = await writer(fleet, db, generation)
            (idle,) = [worker for worker in fleet.workers if worker is not writing]
            await fleet.kill(idle)
            await fleet.kill(writing)
            at.open()
        shown = await stored(fleet.servers[0], thread)
    assert [client.screen.shown() for client in clients] == [shown] * len(clients)
    assert (shown[1]["text"], shown[1]["status"]) == (WHOLE, "SUCCESS")
    assert [client.screen.resyncs for client in clients] == [0] * len(clients)
    assert all(client.cuts > 0 for client in clients)

"""Processes whose clocks are hours off: leases, order and cursors do not depend on them."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.live.client import Client, stored
from tests.live.desk import desk
from tests.live.server import serving
from tests.live.test_faults import HELD, WHOLE, following, in_mid_answer
from tests.live.test_thread_events import LIST
from tests.live.viewer import subscribed

from weft.storage.types import Database

CLOCKS = Path(__file__).parent / "clocks"
TITLE = """mutation Title($id: ID!, $title: String!) {
  updateThread(input: {threadId: $id, title: $title}) { userErrors { code } } }"""


def at(env: dict[str, str], hours: float) -> dict[str, str]:
    """The environment of a process whose clock is so many hours ahead."""
    path = os.pathsep.join([str(CLOCKS), *filter(None, [os.environ.get("PYTHONPATH")])])
    return env | {"PYTHONPATH": path, "TEST_CLOCK_HOURS": str(hours)}


async def test_an_answer_is_taken_over_and_seen_in_order_by_processes_whose_clocks_disagree(
    env: dict[str, str], log: Path, db: Database
) -> None:
    async with (
        desk(HELD) as held,
        serving(at(env | held.env, 7), log) as ahead,
        serving(at(env | held.env, -30), log) as behind,
    ):
        thread = await ahead.new_thread()
        clients = [Client([ahead, behind], thread), Client([behind], thread)]
        generation = await in_mid_answer(behind, thread, clients)
        job: dict[str, Any] = await db["generations"].find_one({"_id": generation}) or {}
        async with following(clients, generation):
            await ahead.kill()
            held.open()
        sent = [await behind.send(thread, "echo", word) for word in ("one", "two")]
        await clients[0].follow(lambda screen: all(screen.over(it["generation"]["id"]) for it in sent))
        await clients[1].follow(lambda screen: screen.cursor == clients[0].screen.cursor)
        shown = await stored(behind, thread)
    assert [client.screen.shown() for client in clients] == [shown] * 2
    assert [client.screen.resyncs for client in clients] == [0, 0]
    assert [it["text"] for it in shown if it["text"] in ("one", "two", WHOLE)] == [WHOLE, "one", "two"]
    assert job["attempts"] == 1
    assert log.read_text().count("the clock of this process is off") == 2


async def test_what_is_kept_for_a_day_is_kept_whatever_the_clock_of_its_writer_says(
    env: dict[str, str], log: Path, db: Database
) -> None:
    """The log is cleared by MongoDB's clock: entries of a process that is 30 hours behind would go at once."""
    async with serving(at(env, -30), log) as behind:
        thread = await behind.new_thread()
        viewer = Client([behind], thread)
        await viewer.read()
        generation = (await behind.send(thread, "echo"))["generation"]["id"]
        await viewer.follow(lambda screen: screen.over(generation))
    hour = timedelta(hours=1)
    for name in ("events", "deltas"):
        docs = await db[name].find({"threadId": thread}).to_list()
        assert docs
        assert all(abs(doc["at"] - datetime.now(UTC)) < hour for doc in docs)


async def test_a_list_of_threads_goes_on_from_the_cursor_of_a_server_whose_clock_is_ahead(
    env: dict[str, str], log: Path
) -> None:
    async with serving(at(env, 7), log) as ahead, serving(at(env, -7), log) as behind:
        first, second = await ahead.new_thread(), await behind.new_thread()
        async with subscribed(ahead.socket_url, LIST) as line:
            hearing = asyncio.create_task(line.event())
            while not hearing.done():
                await ahead.call(TITLE, id=first, title="here")
            seen = await hearing
        await behind.call(TITLE, id=second, title="there")
        told: list[str] = []
        async with subscribed(behind.socket_url, LIST, after=seen["cursor"]) as line:
            while "there" not in told:
                told.append((await line.event())["thread"]["title"])

"""What survives `kill -9` of the server in the middle of an answer, and a stop in good order."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.live.apps import LONG
from tests.live.server import ServerProcess, serving
from tests.live.viewer import Viewer, watching

from weft.storage.types import Database


async def _in_mid_answer(server: ServerProcess, viewer: Viewer) -> tuple[str, str]:
    """A thread whose answer is being streamed to the viewer, and the id of its generation."""
    thread = await server.new_thread()
    async with watching(server.socket_url, thread, viewer) as socket:
        sent = await server.send(thread, "slow", clientId="only-once")
        await socket.feed(viewer, lambda v: v.deltas() > 5)
    return thread, sent["generation"]["id"]


def _assert_whole(page: dict[str, Any], viewer: Viewer) -> None:
    """The viewer ends with exactly the stored answer; nothing is stored twice and nothing is left open."""
    rows = [edge["node"] for edge in page["messages"]["edges"]]
    assert [(row["order"], row["stepOrder"], row["status"]) for row in rows] == [(0, 0, "SUCCESS"), (0, 1, "SUCCESS")]
    assert rows[1]["text"] == LONG
    shown = {edge["node"]["key"]: edge["node"]["text"] for edge in page["uiMessages"]["edges"]}
    assert {key: message["text"] for key, message in viewer.messages.items()} == shown
    assert all(stream["state"] != "STREAMING" for stream in page["streams"])


@pytest.mark.parametrize("way", ["killed", "stopped"])
async def test_an_answer_outlives_the_server_that_wrote_it(
    env: dict[str, str], server: ServerProcess, way: str
) -> None:
    viewer = Viewer()
    thread, generation = await _in_mid_answer(server, viewer)
    if way == "killed":
        await server.kill()
    else:
        assert await server.stop() == 0
    async with serving(env, server.log) as next_server:
        async with watching(next_server.socket_url, thread, viewer) as socket:
            await socket.feed(viewer, lambda v: v.finished(generation))
        page = await next_server.thread(thread)
    _assert_whole(page, viewer)
    (job,) = [edge["node"] for edge in page["generations"]["edges"]]
    assert (job["status"], job["attempts"]) == ("SUCCEEDED", 2 if way == "killed" else 1)
    assert sorted(viewer.ended.values()) == ["ABORTED", "FINISHED"]
    assert [stream["text"] for stream in viewer.streams.values()][-1] == LONG


async def test_another_worker_goes_on_when_one_is_killed_and_the_viewer_stays_connected(
    env: dict[str, str], server: ServerProcess
) -> None:
    viewer = Viewer()
    async with serving(env, server.log, "serve", "tests.live.apps:app", "--no-worker") as viewed:
        thread = await viewed.new_thread()
        async with watching(viewed.socket_url, thread, viewer) as socket:
            generation = (await viewed.send(thread, "slow"))["generation"]["id"]
            await socket.feed(viewer, lambda v: v.deltas() > 5)
            await server.kill()
            worker = await ServerProcess.start(env, server.log, "worker", "tests.live.apps:app")
            try:
                await worker.ready("works on answers")
                await socket.feed(viewer, lambda v: v.finished(generation))
            finally:
                assert await worker.stop() == 0
        _assert_whole(await viewed.thread(thread), viewer)


async def test_the_same_client_id_after_a_crash_stores_nothing(
    env: dict[str, str], server: ServerProcess, db: Database
) -> None:
    viewer = Viewer()
    thread, generation = await _in_mid_answer(server, viewer)
    await server.kill()
    async with serving(env, server.log) as next_server:
        again = await next_server.send(thread, "slow", clientId="only-once")
    assert again["generation"]["id"] == generation
    assert await db["messages"].count_documents({"threadId": thread}) == 2


async def test_embedded_mongodb_and_server_killed_together_come_back_with_the_answer(
    env: dict[str, str], server: ServerProcess
) -> None:
    """No WEFT_MONGODB_URI: the server brings its own mongod, and both are lost at once."""
    own = {name: value for name, value in env.items() if name != "WEFT_MONGODB_URI"}
    viewer = Viewer()
    async with serving(own, server.log) as first:
        thread, generation = await _in_mid_answer(first, viewer)
        await first.kill()
    async with serving(own, server.log) as second:
        async with watching(second.socket_url, thread, viewer) as socket:
            await socket.feed(viewer, lambda v: v.finished(generation))
        _assert_whole(await second.thread(thread), viewer)
        assert await second.stop() == 0


async def test_mongod_killed_under_a_viewer_costs_time_and_no_characters(
    env: dict[str, str], log: Path, tmp_path: Path
) -> None:
    """The embedded mongod is started again by the server; the viewer's socket stays open all along."""
    own = {name: value for name, value in env.items() if name != "WEFT_MONGODB_URI"}
    viewer = Viewer()
    async with serving(own, log) as server:
        thread = await server.new_thread()
        async with watching(server.socket_url, thread, viewer) as socket:
            generation = (await server.send(thread, "slow"))["generation"]["id"]
            await socket.feed(viewer, lambda v: v.deltas() > 5)
            os.kill(int((tmp_path / "data" / "mongo" / "mongod.lock").read_text()), signal.SIGKILL)
            await socket.feed(viewer, lambda v: v.finished(generation))
        _assert_whole(await server.thread(thread), viewer)
        assert await server.stop() == 0

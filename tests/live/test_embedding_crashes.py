"""`kill -9` while vectors are made, and while they are moved to another model, only costs time; and the commands."""

from pathlib import Path

import pytest
from tests.agents.embedding import embedded, until_embedded
from tests.live.desk import Desk, desk
from tests.live.server import ServerProcess, serving
from tests.live.test_commands import weft
from tests.live.vector_app import APP, NEW, OLD
from tests.support import wait_until

from weft.storage.store import Store
from weft.storage.types import Database

SAVE = """mutation Save($input: SaveMessagesInput!) { saveMessages(input: $input) { userErrors { errorMessage } } }"""


async def save(server: ServerProcess, count: int) -> None:
    """A thread with so many messages."""
    thread = await server.new_thread()
    messages = [{"role": "USER", "content": [{"type": "text", "text": f"message number {n}"}]} for n in range(count)]
    data = await server.call(SAVE, input={"threadId": thread, "messages": messages})
    assert data["saveMessages"]["userErrors"] == []


@pytest.mark.parametrize("way", ["killed", "stopped"])
async def test_vectors_that_were_being_made_are_made_by_the_next_server(
    env: dict[str, str], db: Database, log: Path, way: str
) -> None:
    store = Store(db)
    async with desk("old") as held, serving(env | held.env, log, "serve", APP) as server:
        await save(server, 250)
        await held.reached("old")
        if way == "killed":
            await server.kill()
        else:
            assert await server.stop() == 0
    assert await embedded(store, OLD) == 0
    async with desk() as free, serving(env | free.env, log, "serve", APP):
        await until_embedded(store, 250, OLD)
        assert free.reports["old"] == 3


async def test_a_worker_goes_on_when_the_one_that_made_vectors_is_killed(
    env: dict[str, str], db: Database, log: Path
) -> None:
    async with desk("old") as held, serving(env | held.env, log, "serve", APP) as server:
        await save(server, 5)
        await held.reached("old")
        await server.kill()
    async with desk() as free:
        worker = await ServerProcess.start(env | free.env, log, "worker", APP)
        try:
            await worker.ready("works on answers")
            await until_embedded(Store(db), 5, OLD)
        finally:
            assert await worker.stop() == 0


async def test_a_migration_outlives_its_server_and_is_led_to_its_end_by_commands(
    env: dict[str, str], db: Database, log: Path
) -> None:
    store, ways = Store(db), (APP, OLD.model, NEW.model)
    async with desk("new") as held, serving(env | held.env, log, "serve", APP) as server:
        await save(server, 600)
        await until_embedded(store, 600, OLD)
        assert await said(env, held, "migrate", *ways) == [
            "custom:old -> custom:new: running, 0 of 600",
            "goes on in servers and workers; see: weft embeddings status",
        ]
        await held.reached("new")
        await server.kill()
    assert await embedded(store, NEW) == 0
    async with desk() as free, serving(env | free.env, log, "serve", APP):
        assert (await said(env, free, "migrate", *ways, "--wait"))[-2:] == [
            "custom:old -> custom:new: ready, 600 of 600",
            "next: weft embeddings switch",
        ]
        assert await embedded(store, OLD, NEW) == 600
        assert (await said(env, free, "switch", *ways))[0] == "custom:old -> custom:new: switched, 600 of 600"
        assert (await said(env, free, "delete", *ways, "--wait"))[-2:] == [
            "custom:old -> custom:new: done, 600 old vectors removed",
            "configure your agents with the new model",
        ]
        assert (await embedded(store, OLD), await embedded(store, NEW)) == (0, 600)
        assert await said(env, free, "status", APP) == [
            "custom:new: 600 stored, 0 wait",
            "custom:old: 0 stored, 0 wait",
            "custom:old -> custom:new: done, 600 old vectors removed",
        ]


async def test_a_deletion_of_old_vectors_outlives_its_server(env: dict[str, str], db: Database, log: Path) -> None:
    store, ways = Store(db), (APP, OLD.model, NEW.model)
    async with desk() as free:
        async with serving(env | free.env, log, "serve", APP) as server:
            await save(server, 50)
            await until_embedded(store, 50, OLD)
            await said(env, free, "migrate", *ways, "--wait")
            await said(env, free, "switch", *ways)
            await said(env, free, "delete", *ways)
            await server.kill()
        async with serving(env | free.env, log, "serve", APP):

            async def holds() -> bool:
                return await embedded(store, OLD) == 0

            await wait_until(holds)


async def test_a_migration_that_is_cancelled_says_so(env: dict[str, str]) -> None:
    async with desk() as free:
        ways = (APP, OLD.model, NEW.model)
        await said(env, free, "migrate", *ways)
        assert await said(env, free, "cancel", *ways) == [
            "custom:old -> custom:new: cancelled, 0 of 0",
            "the old model stays",
        ]
        assert await said(env, free, "retry", APP, NEW.model) == ["custom:new: 0 are asked for again"]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("migrate", APP, OLD.model, "nobody:knows"), "embedding model 'nobody:knows' is not known"),
        (("migrate", APP, "custom:none", NEW.model), "there are no vectors of custom:none"),
        (("switch", APP, OLD.model, NEW.model), "there is no migration from custom:old to custom:new"),
    ],
    ids=["unknown", "unused", "not begun"],
)
async def test_what_cannot_be_done_is_said_in_one_line(env: dict[str, str], command: tuple[str, ...], why: str) -> None:
    code, printed = await weft(env, "embeddings", *command)
    (line,) = [line for line in printed.splitlines() if line.startswith("weft: ")]
    assert (code, why in line, "Traceback" in printed) == (1, True, False)


async def said(env: dict[str, str], there: Desk, *command: str) -> list[str]:
    """What a command that succeeds prints, line by line."""
    code, printed = await weft(env | there.env, "embeddings", *command)
    assert code == 0, printed
    return [line for line in printed.splitlines() if " INFO " not in line and not line.startswith("{")]

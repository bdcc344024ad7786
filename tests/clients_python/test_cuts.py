"""A line that is cut, frozen or led elsewhere: not a character is lost or comes twice, and the reader is told."""

import asyncio
import random
from pathlib import Path

import pytest
from tests.clients_python.proxy import Proxy, between
from tests.clients_python.world import HASTY, LONG, Served, answered, client, held, serving, texts, until
from tests.live.server import ServerProcess
from tests.live.server import serving as processes
from tests.support import in_time, wait_until
from weft_client import MessageInput, Role, Settings, Status, UnavailableError, Weft

from weft.storage.types import Database
from weft.testing import Gate


@pytest.mark.parametrize("agent", ["slow", "looker"])
@pytest.mark.parametrize("seed", range(3))
async def test_cuts_anywhere_lose_nothing_and_repeat_nothing(
    served: Served, proxy: Proxy, seed: int, agent: str
) -> None:
    """Cut after so many bytes of the server, again and again: amid a handshake, an event, an answer to a read."""
    chance = random.Random(seed)
    async with client(proxy.url) as weft, client(served.url) as direct:
        thread = await direct.threads.create()
        live = weft.thread(thread.id)
        async with live:
            sent = direct.thread(thread.id).send("Tell me", agent_name=agent)
            growing = [""]
            proxy.cut_after(chance.randint(1, 3000))
            async for message in live:
                if message.role is Role.ASSISTANT:
                    assert message.text.startswith(growing[-1])
                    growing.append(message.text)
                    if message.settled and message.text.endswith(LONG):
                        break
                    if chance.random() < 0.3:
                        proxy.cut_after(chance.randint(1, 3000))
            await sent
            view = await until(live, answered)
        stored = (await direct.messages.ui_page(thread.id)).nodes
    assert growing[-1].endswith(LONG)
    assert view.messages == stored
    assert proxy.cuts > 0


async def test_a_line_that_is_silent_is_given_up_and_opened_anew(db: Database) -> None:
    gates = (Gate(), Gate())
    patience = Settings(
        first_wait=0.01, longest_wait=0.05, ping_every=0.1, pong_within=0.1, timeout=0.5, connect_timeout=0.5
    )
    async with serving(db, held(*gates)) as server, between(server.port) as proxy, client(server.url) as direct:
        thread = await direct.threads.create()
        async with client(proxy.url, settings=patience) as weft, weft.thread(thread.id) as live:
            await direct.thread(thread.id).send("Count", agent_name="held")
            await until(live, lambda view: texts(view)[1:] == ["one "])
            proxy.freeze()
            gates[0].open()
            view = await until(live, lambda view: view.status is Status.RECONNECTING)
            assert isinstance(view.trouble, UnavailableError)
            assert texts(view)[1:] == ["one "]
            proxy.thaw()
            await until(live, lambda view: view.status is Status.LIVE and texts(view)[1:] == ["one two "])
            gates[1].open()
            view = await until(live, answered)
    assert texts(view) == ["Count", "one two three"]


async def test_a_machine_that_slept_opens_the_line_anew(served: Served, proxy: Proxy) -> None:
    """The wall's clock leaps, the line says nothing: it is not waited for."""
    now = [0.0]
    settings = Settings(first_wait=0.01, longest_wait=0.05, ping_every=0.1, pong_within=60, clock=lambda: now[0])
    async with client(proxy.url, settings=settings) as weft:
        thread = await weft.threads.create()
        async with weft.thread(thread.id) as live:
            await until(live, lambda view: view.status is Status.LIVE)
            lines = proxy.lines
            now[0] += 3600
            await until(live, lambda view: view.status is Status.RECONNECTING and "slept" in str(view.trouble))
            await until(live, lambda view: view.status is Status.LIVE)
    assert proxy.lines == lines + 1


async def test_a_server_that_is_down_is_waited_for_and_told_of(served: Served, proxy: Proxy) -> None:
    async with client(proxy.url) as weft:
        thread = await weft.threads.create()
        await proxy.refuse()
        async with weft.thread(thread.id) as live:
            view = await until(live, lambda view: view.status is Status.RECONNECTING)
            assert "is the server running" in str(view.trouble)
            with pytest.raises(UnavailableError, match="cannot be reached"):
                await weft.threads.create()
            await proxy.listen()
            await in_time(live.ready())
            view = await until(live, lambda view: view.status is Status.LIVE)
            assert view.trouble is None


async def test_a_server_that_stops_amid_an_answer_is_followed_by_the_next_one(
    env: dict[str, str], tmp_path: Path
) -> None:
    """SIGTERM closes sockets with 1012; the next process takes the answer over where it was saved."""
    first = await ServerProcess.start(env, tmp_path / "log")
    await first.ready()
    async with between(_port(first)) as proxy, client(proxy.url) as weft:
        thread = await weft.threads.create()
        async with weft.thread(thread.id) as live:
            await live.send("Tell me", agent_name="slow")
            await until(live, lambda view: len(view.messages) == 2 and len(view.messages[1].text) > 100)
            stopping = asyncio.create_task(first.stop())
            await until(live, lambda view: view.status is Status.RECONNECTING)
            await stopping
            async with processes(env, tmp_path / "log") as second:
                proxy.lead_to(_port(second))
                view = await until(live, answered)
                stored = (await weft.messages.ui_page(thread.id)).nodes
    assert view.messages == stored
    assert view.messages[1].text.endswith("word149")


async def test_a_server_that_is_killed_amid_an_answer_is_followed_by_the_next_one(
    env: dict[str, str], tmp_path: Path
) -> None:
    first = await ServerProcess.start(env, tmp_path / "log")
    await first.ready()
    async with between(_port(first)) as proxy, client(proxy.url) as weft:
        thread = await weft.threads.create()
        async with weft.thread(thread.id) as live:
            await live.send("Tell me", agent_name="slow")
            await until(live, lambda view: len(view.messages) == 2 and len(view.messages[1].text) > 100)
            await first.kill()
            async with processes(env | {"WEFT_LEASE": "2"}, tmp_path / "log") as second:
                proxy.lead_to(_port(second))
                await until(live, lambda view: view.status is Status.LIVE)
                await live.stop("the end")
                view = await until(live, answered)
                stored = (await weft.messages.ui_page(thread.id)).nodes
    assert view.messages == stored


def _port(server: ServerProcess) -> int:
    return int(server.base.rpartition(":")[2])


async def test_a_cursor_that_is_too_old_reads_the_thread_again(db: Database) -> None:
    async with serving(db) as server, between(server.port) as proxy, client(server.url) as direct:
        thread = await direct.threads.create()
        async with client(proxy.url) as weft:
            async with weft.thread(thread.id) as live:
                await live.send("Hello", agent_name="echo")
                await until(live, answered)
                await proxy.refuse()
                await until(live, lambda view: view.status is Status.RECONNECTING)
                other = direct.thread(thread.id)
                async with other:
                    await other.send("Are you there?", agent_name="echo")
                    await until(other, lambda view: len(view.messages) == 4 and answered(view))
                await db["events"].delete_many({"threadId": thread.id})
                await proxy.listen()
                view = await until(live, lambda view: len(view.messages) == 4 and answered(view))
            assert view.messages == (await direct.messages.ui_page(thread.id)).nodes


async def test_older_pages_that_were_loaded_are_there_after_the_thread_was_read_again(db: Database) -> None:
    async with serving(db) as server, between(server.port) as proxy, client(proxy.url) as weft:
        thread = await weft.threads.create()
        await weft.messages.save(thread.id, [MessageInput(prompt=f"m{number}") for number in range(75)])
        async with client(server.url) as direct, weft.thread(thread.id) as live:
            await live.ready()
            await live.load_older()
            await until(live, lambda view: view.status is Status.LIVE)
            await proxy.refuse()
            await direct.messages.save(thread.id, [MessageInput(prompt="m75")])
            await db["events"].delete_many({"threadId": thread.id})
            await proxy.listen()
            view = await until(live, lambda view: texts(view)[-1] == "m75" and len(view.messages) > 60)
    assert texts(view) == [f"m{number}" for number in range(76)]


async def test_a_cursor_of_another_store_reads_the_thread_again(db: Database, weft: Weft) -> None:
    """As after a restore: the cursor names a moment that this store has not come to."""
    async with serving(db) as server, between(server.port) as proxy, client(proxy.url) as restored:
        thread = await restored.threads.create()
        async with restored.thread(thread.id) as live:
            await live.send("Hello", agent_name="echo")
            await until(live, answered)
            await proxy.refuse()
            await until(live, lambda view: view.status is Status.RECONNECTING)
            await db["threads"].update_one({"_id": thread.id}, {"$set": {"seq": 1}})
            await db["events"].delete_many({"threadId": thread.id})
            await proxy.listen()
            view = await until(live, lambda view: view.status is Status.LIVE)
    assert texts(view) == ["Hello", "You said: Hello"]
    assert HASTY.first_wait < 1
    await wait_until(lambda: proxy.open == 0)

"""Nothing is left behind: no task, no socket, no line, however a reader goes."""

import asyncio
import gc
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from tests.clients_python.proxy import Proxy
from tests.clients_python.world import answered, client, until
from tests.support import in_time, wait_until
from weft_client import LiveThread, Status, Weft


@pytest_asyncio.fixture(loop_scope="session", name="cut")
async def _cut(proxy: Proxy) -> AsyncGenerator[Weft, None]:
    async with client(proxy.url) as made:
        yield made


def left() -> list[str]:
    return [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("weft thread")]


async def read(live: LiveThread) -> None:
    async for _ in live:
        pass


async def following(live: LiveThread) -> asyncio.Task[None]:
    """A reader who has read all there is, and waits for more."""
    task = asyncio.create_task(read(live))
    await wait_until(lambda: live.status is Status.LIVE)
    return task


async def test_a_reader_who_is_cancelled_leaves_nothing(cut: Weft, proxy: Proxy) -> None:
    thread = await cut.threads.create()
    task = await following(live := cut.thread(thread.id))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left() == []
    assert live.status is Status.IDLE
    await cut.close()
    await wait_until(lambda: proxy.open == 0)


async def test_a_reader_who_breaks_off_leaves_nothing(cut: Weft) -> None:
    thread = await cut.threads.create()
    await cut.thread(thread.id).send("Hello", agent_name="echo", generate=False)
    async for _ in cut.thread(thread.id):
        break
    gc.collect()
    await wait_until(lambda: left() == [])


async def test_a_reader_whose_own_work_fails_leaves_nothing(cut: Weft) -> None:
    thread = await cut.threads.create()
    live = cut.thread(thread.id)
    await live.send("Hello", agent_name="echo", generate=False)

    async def work() -> None:
        async with live:
            async for _ in live:
                raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await work()
    gc.collect()
    await wait_until(lambda: left() == [])


@pytest.mark.parametrize("moment", ["refused", "frozen", "live", "silent"])
async def test_closing_the_client_ends_every_reader_at_any_moment(cut: Weft, proxy: Proxy, moment: str) -> None:
    thread = await cut.threads.create()
    live = cut.thread(thread.id)
    if moment == "refused":
        await proxy.refuse()
    elif moment == "frozen":
        proxy.freeze()
    task = asyncio.create_task(read(live))
    wanted = {"refused": Status.RECONNECTING, "frozen": Status.CONNECTING, "live": Status.LIVE, "silent": Status.LIVE}
    await wait_until(lambda: live.status is wanted[moment])
    if moment == "silent":
        proxy.freeze()
    await in_time(cut.close())
    await in_time(task)
    assert live.status is Status.CLOSED
    assert left() == []
    proxy.thaw()
    if moment == "refused":
        await proxy.listen()


async def test_a_thread_goes_on_where_it_was_when_it_is_read_again(cut: Weft) -> None:
    thread = await cut.threads.create()
    live = cut.thread(thread.id)
    async with live:
        await live.send("Hello", agent_name="echo")
        await until(live, answered)
    assert left() == []
    await cut.thread(thread.id).send("And now?", agent_name="echo")
    async with live:
        view = await until(live, lambda view: len(view.messages) == 4 and answered(view))
    assert view.messages == (await cut.messages.ui_page(thread.id)).nodes


async def test_one_of_two_readers_goes_and_the_other_stays(cut: Weft) -> None:
    thread = await cut.threads.create()
    live = cut.thread(thread.id)
    first, second = await following(live), await following(live)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert len(left()) == 1
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert left() == []


async def test_a_subscription_of_the_generated_client_is_closed_with_its_iterator(cut: Weft, proxy: Proxy) -> None:
    thread = await cut.threads.create()
    events = cut.api.thread_events(thread.id)
    waiting = asyncio.ensure_future(anext(aiter(events)))
    await wait_until(lambda: proxy.open == 2)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await wait_until(lambda: proxy.open == 1)

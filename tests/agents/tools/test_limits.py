"""What hangs, floods or does not stop costs one call its result, and nobody else anything."""

import asyncio
import itertools
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

import pytest
from tests.agents.tools.calls import Shown, answer, context_of, said
from tests.support import in_time, wait_until

from weft import ToolContext, tool
from weft.agents.tools.execution import run_tool
from weft.agents.tools.own_threads import MOST_RUNNING, OwnThreads
from weft.agents.tools.values import MAX_OUTPUT_BYTES


async def test_a_sync_tool_that_never_returns_is_given_up_and_takes_no_place_from_others() -> None:
    stuck, started = threading.Event(), threading.Semaphore(0)

    def hang(ctx: ToolContext) -> None:
        started.release()
        stuck.wait()

    try:
        hanging = tool(hang, timeout=0.05)
        results = await asyncio.gather(*(answer(hanging) for _ in range(MOST_RUNNING + 3)))
        assert {result["value"] for result in results} == {"Error: the tool did not end within 0.05 seconds"}
        assert await said(tool(lambda: "free", name="other")) == "free"
    finally:
        stuck.set()


async def test_no_more_threads_are_left_behind_than_may_be() -> None:
    stuck, threads = threading.Event(), OwnThreads(most_left=1)
    job = asyncio.create_task(threads.run(lambda: stuck.wait(20)))
    await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    with pytest.raises(RuntimeError, match="have not returned"):
        await threads.run(lambda: None)
    stuck.set()
    await wait_until(lambda: threads.left == 0)
    assert await threads.run(lambda: "free") == "free"


async def test_an_async_tool_that_takes_too_long_is_cancelled_and_told() -> None:
    context, ended = context_of(), asyncio.Event()

    @tool(timeout=0.05)
    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    assert await said(wait) == "Error: the tool did not end within 0.05 seconds"
    assert ended.is_set()
    told = await answer(wait, context=context)
    assert (told["type"], context.cancelled.is_set()) == ("error-text", True)


async def test_an_async_tool_that_ignores_its_end_is_left() -> None:
    released = asyncio.Event()

    @tool(timeout=0.05)
    async def stay() -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    assert await said(stay) == "Error: the tool did not end within 0.05 seconds"
    released.set()


async def test_a_cancelled_call_cancels_its_tool() -> None:
    context, started, tidied = context_of(), asyncio.Event(), asyncio.Event()

    @tool
    async def wait() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            tidied.set()

    call = asyncio.create_task(run_tool(wait, context, {}, Shown().show))
    await in_time(started.wait())
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await in_time(call)
    assert tidied.is_set()
    assert context.cancelled.is_set()


def _forever() -> Generator[str, None, None]:
    while True:
        yield "x" * 10


async def _forever_later() -> AsyncGenerator[str, None]:
    while True:
        yield "x" * 10


def _inside_itself() -> list[Any]:
    inside: list[Any] = []
    inside.append([inside, inside])
    return inside


@pytest.mark.parametrize(
    ("flood", "told"),
    [
        (lambda: "x" * (MAX_OUTPUT_BYTES + 1), "over 1,048,576 bytes"),
        (lambda: {"rows": ["x" * 1000] * 2000}, "over 1,048,576 bytes"),
        (lambda: itertools.count(1), "over 1,048,576 bytes"),
        (lambda: {"rows": itertools.repeat("x")}, "over 1,048,576 bytes"),
        (lambda: range(10**12), "over 1,048,576 bytes"),
        (_inside_itself, "nested more than 64 levels deep"),
        (_forever, "more than 100,000 preliminary values"),
        (_forever_later, "more than 100,000 preliminary values"),
        (object, "holds a object, for which there is no JSON"),
        (lambda: b"\xff", "bytes that are no text"),
        (lambda: {"f": print}, "holds a builtin_function_or_method"),
    ],
)
async def test_row_76_a_flood_and_what_is_no_json_are_error_results(flood: Callable[[], Any], told: str) -> None:
    output = await answer(tool(flood, name="flood"))
    assert output["type"] == "error-text"
    assert told in output["value"]


async def test_a_tool_that_floods_leaves_the_event_loop_to_others() -> None:
    turns = 0
    call = asyncio.create_task(answer(tool(_forever_later, name="flood")))
    while not call.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 1000

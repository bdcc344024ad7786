"""Rows 74 to 77 of behaviour.md: a call ends in time with one output, whatever the tool does."""

import asyncio
import logging
import math
import threading
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from tests.agents.tools.calls import Shown, answer, context_of
from tests.support import in_time, wait_until

from weft import ToolContext, tool
from weft.agents.tools.execution import run_tool
from weft.agents.tools.values import json_value


class Point(BaseModel):
    x: int
    at: datetime


@dataclass
class Bike:
    wheels: int
    bought: date


async def test_row_74_a_sync_and_an_async_tool_get_the_context_and_the_checked_input() -> None:
    @tool
    def sync(ctx: ToolContext, n: int) -> Any:
        return [ctx.tool_call_id, ctx.custom["org"], n, threading.current_thread() is threading.main_thread()]

    @tool
    async def later(ctx: ToolContext, n: int) -> Any:
        return [ctx.tool_call_id, ctx.custom["org"], n, threading.current_thread() is threading.main_thread()]

    context = context_of(custom={"org": "weft"})
    assert await answer(sync, '{"n": 3}', context) == {"type": "json", "value": ["call_1", "weft", 3, False]}
    assert await answer(later, '{"n": 3}', context) == {"type": "json", "value": ["call_1", "weft", 3, True]}


async def test_row_75_calls_of_one_tool_run_side_by_side_each_with_its_own_context() -> None:
    meeting = threading.Barrier(8, timeout=20)

    @tool
    def meet(ctx: ToolContext) -> str:
        meeting.wait()
        return ctx.tool_name

    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(answer(meet, context=context_of(str(n)))) for n in range(8)]
    assert [call.result()["value"] for call in calls] == [str(n) for n in range(8)]


@pytest.mark.parametrize(
    ("result", "output"),
    [
        ("words", {"type": "text", "value": "words"}),
        (None, {"type": "json", "value": None}),
        (7, {"type": "json", "value": 7}),
        (math.nan, {"type": "json", "value": None}),
        ([math.inf, 2**63 - 1, 2**63], {"type": "json", "value": [None, 2**63 - 1, "9223372036854775808"]}),
        (
            Point(x=1, at=datetime(2026, 1, 2, tzinfo=UTC)),
            {"type": "json", "value": {"x": 1, "at": "2026-01-02T00:00:00Z"}},
        ),
        ({"b": Bike(2, date(2026, 1, 2))}, {"type": "json", "value": {"b": {"wheels": 2, "bought": "2026-01-02"}}}),
        ({1: {"s"}, None: b"t"}, {"type": "json", "value": {"1": ["s"], "None": "t"}}),
        ("half \ud83d", {"type": "text", "value": "half �"}),
        ({"a\0b": "c\0d"}, {"type": "json", "value": {"a�b": "c\0d"}}),
    ],
)
async def test_row_76_text_is_text_and_anything_else_is_json(result: Any, output: Any) -> None:
    assert await answer(tool(lambda: result, name="give")) == output


async def test_row_76_a_tool_may_make_its_own_output() -> None:
    file = {"type": "file", "data": {"type": "data", "data": "aGk="}, "mediaType": "image/png"}
    made = {"type": "content", "value": [{"type": "text", "text": "A dot:"}, file]}
    assert await answer(tool(lambda: "dot", name="draw", to_model_output=lambda _: made)) == made

    broken = await answer(tool(lambda: "dot", name="draw", to_model_output=lambda _: {"type": "content", "value": 3}))
    assert broken == {
        "type": "error-text",
        "value": "Error: to_model_output gave no output, value: Input should be a valid list",
    }


async def test_row_77_what_an_async_generator_yields_is_shown_and_its_last_value_is_the_result() -> None:
    shown = Shown()

    @tool
    async def count() -> AsyncGenerator[Any, None]:
        for n in range(3):
            yield {"n": n}
            await wait_until(lambda: shown[-1:] == [{"n": n}])  # noqa: B023  waited for at once

    assert await answer(count, shown=shown) == {"type": "json", "value": {"n": 2}}
    assert shown == [{"n": 0}, {"n": 1}, {"n": 2}]


async def test_row_77_a_sync_generator_is_shown_too_and_its_result_is_what_it_returns() -> None:
    shown = Shown()

    @tool
    def count() -> Generator[str, None, str]:
        yield "one"
        shown.event.wait(20)
        return "all"

    assert await answer(count, shown=shown) == {"type": "text", "value": "all"}
    assert shown == ["one"]


async def test_row_77_an_error_after_preliminary_values_is_the_result() -> None:
    @tool
    async def count() -> AsyncGenerator[str, None]:
        yield "one"
        raise ValueError("no two")

    assert await answer(count) == {"type": "error-text", "value": "Error: no two"}


async def test_row_77_of_many_preliminary_values_the_latest_is_shown() -> None:
    shown = Shown()

    @tool
    async def count() -> AsyncGenerator[int, None]:
        for n in range(500):
            yield n
        await wait_until(lambda: shown[-1:] == [499])

    assert await answer(count, shown=shown) == {"type": "json", "value": 499}
    assert shown[-1] == 499
    assert len(shown) < 500


class Mute(Exception):
    def __str__(self) -> str:
        raise SystemExit(1)


def _raise(error: BaseException) -> Any:
    raise error


async def _raise_later(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize(
    ("error", "value"),
    [
        (ValueError("the chain is broken"), "Error: the chain is broken"),
        (ValueError(), "Error: ValueError"),
        (ValueError("x" * 5000), "Error: " + "x" * 1992 + "…"),
        (SystemExit(3), "Error: SystemExit: 3"),
        (KeyboardInterrupt(), "Error: KeyboardInterrupt"),
        (GeneratorExit(), "Error: GeneratorExit"),
        (Mute(), "Error: Mute"),
        (StopIteration(1), "Error: coroutine raised StopIteration"),
        (asyncio.CancelledError(), "Error: the tool was cancelled from within"),
    ],
)
async def test_row_76_whatever_a_tool_raises_is_an_error_result(later: bool, error: BaseException, value: str) -> None:
    failing = tool(lambda: _raise_later(error), name="fail") if later else tool(lambda: _raise(error), name="fail")
    assert await answer(failing) == {"type": "error-text", "value": value}


async def test_the_log_of_a_failed_tool_says_where_but_not_what(caplog: pytest.LogCaptureFixture) -> None:
    def withdraw() -> None:
        raise ValueError("the PIN is 1234")

    with caplog.at_level(logging.ERROR, "weft"):
        await answer(tool(withdraw))
    [record] = caplog.records
    fields = vars(record)
    assert fields["tool"] == "withdraw"
    assert fields["error_id"]
    assert fields["raised_at"][-1].endswith("in withdraw")
    assert "1234" not in str(fields)


async def test_a_failure_to_show_a_preliminary_value_harms_nothing() -> None:
    async def broken(value: Any) -> None:
        raise ConnectionError("gone")

    @tool
    async def count() -> AsyncGenerator[int, None]:
        yield 1

    assert await in_time(run_tool(count, context_of(), {}, broken)) == {"type": "json", "value": 1}


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(st.characters()) | st.dates() | st.binary() | st.decimals(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
        max_leaves=15,
    )
)
def test_row_76_what_has_been_made_json_once_stays_as_it_is(value: Any) -> None:
    try:
        made = json_value(value)
    except ValueError:
        return
    assert json_value(made) == made

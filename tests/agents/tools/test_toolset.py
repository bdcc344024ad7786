"""The tools of a run: an agent's own and those of its sources, sorted, each name once."""

import logging
from collections.abc import Sequence
from typing import Any

import pytest

from weft import Tool, tool
from weft.agents.tools.toolset import static_tools, toolset
from weft.errors import ConfigError


class Source:
    """A source with these tools."""

    def __init__(self, *tools: Tool) -> None:
        self._tools = tools

    async def tools(self) -> Sequence[Tool]:
        return self._tools

    async def aclose(self) -> None:
        """Nothing is open."""


def named(name: str) -> Tool:
    return tool(lambda: name, name=name)


async def test_tools_are_sorted_by_name_wherever_they_come_from() -> None:
    assert list(await toolset([named("c"), Source(named("b"), named("d")), named("a")])) == ["a", "b", "c", "d"]


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="two tools are named 'a'"):
        static_tools([named("a"), named("a")])


def test_a_function_that_is_no_tool_is_refused() -> None:
    nothing: Any = lambda: 1  # noqa: E731  what somebody may write
    with pytest.raises(ConfigError, match="make a function one with @tool"):
        static_tools([nothing])


async def test_a_sources_tool_never_takes_the_place_of_another(caplog: pytest.LogCaptureFixture) -> None:
    own, first, second = named("a"), named("b"), named("b")
    with caplog.at_level(logging.ERROR, "weft"):
        tools = await toolset([Source(named("a"), first), Source(second), own])
    assert (tools["a"], tools["b"]) == (own, first)
    assert [vars(record)["tool"] for record in caplog.records] == ["a", "b"]

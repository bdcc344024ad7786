"""What an agent may not be is said when it is made, with what to do about it."""

from typing import Any

import pytest

from weft import Agent, create_app, tool
from weft.agents.agent import by_name, with_those_asked
from weft.agents.context.options import ContextOptions
from weft.errors import ConfigError
from weft.testing import ScriptedModel


@tool
def look() -> str:
    """Looks."""
    return "nothing"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " ", "model": "demo"}, "an agent needs a name"),
        ({}, "agent helper has no model; give it one"),
        ({"model": "gpt"}, "model 'gpt' is not known"),
        ({"model": 5}, "model is int"),
        ({"model": "demo", "max_steps": 0}, "max_steps of agent helper is 0"),
        ({"model": "demo", "tools": [look, look]}, "two tools named 'look'"),
        ({"model": "demo", "tools": [by_name]}, "which is no tool; make a function one with @tool"),
        ({"model": "demo", "tools": [Agent("other", model="demo")]}, "which is no tool; give agent.as_tool()"),
        ({"model": "demo", "tools": look}, "give a list: tools=[...]"),
        ({"model": "demo", "tools": [look], "tool_choice": "find"}, "auto, none, required, look"),
    ],
)
def test_an_agent_that_cannot_be_is_refused(fields: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"name": "helper", **fields}
    with pytest.raises(ConfigError) as error:
        Agent(**given)
    assert said in error.value.message


def test_a_context_shows_no_fewer_than_no_messages() -> None:
    with pytest.raises(ConfigError, match="recent_messages is -1; give 0 or more"):
        ContextOptions(recent_messages=-1)


def test_two_agents_of_one_name_are_refused() -> None:
    twins = (Agent("helper", model="demo"), Agent("helper", model="demo"))
    with pytest.raises(ConfigError, match="two agents are named 'helper'"):
        create_app(agents=twins)


@pytest.mark.parametrize("given", [Agent("helper", model="demo"), [look], ["helper"]])
def test_an_app_is_given_a_list_of_agents(given: Any) -> None:
    with pytest.raises(ConfigError, match=r"give create_app a list of agents: agents=\[Agent"):
        create_app(agents=given)


def test_row_78_workers_answer_for_agents_that_are_tools_of_others_and_for_theirs() -> None:
    model = ScriptedModel([])
    scribe = Agent("scribe", model=model)
    librarian = Agent("librarian", model=model, tools=[scribe.as_tool()])
    guide = Agent("guide", model=model, tools=[librarian.as_tool()])
    assert with_those_asked(by_name((guide,))) == {"guide": guide, "librarian": librarian, "scribe": scribe}

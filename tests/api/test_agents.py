"""Agents as a caller sees them: what they are told, which tools they have, what they store."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import Field
from tests.agents.embedders import ByThings

from weft.agents.context.options import ContextOptions
from weft.agents.run_context import RunContext
from weft.agents.tools.context import ToolContext
from weft.agents.tools.decorator import tool
from weft.agents.tools.definition import Tool
from weft.threads.generations import SaveMode
from weft.threads.search import SearchOptions
from weft.threads.viewers import Viewer

if TYPE_CHECKING:
    from tests.api.conftest import Api

AGENTS = """{ agents { name instructions model maxSteps storageOptions
  embeddingModel contextOptions { excludeToolMessages recentMessages searchOtherThreads maxTokens
    search { limit textSearch vectorSearch vectorScoreThreshold before after } }
  tools { name title description inputSchema needsApproval executes } } }"""


@tool(title="Weather forecast")
def weather(city: Annotated[str, Field(description="Where.")], days: int = 1) -> str:
    """Says how the weather will be."""
    return f"{city}: rain for {days}"


@tool(needs_approval=True, approval_expires=timedelta(hours=1))
def refund(amount: int) -> str:
    """Pays money back."""
    return str(amount)


def expensive(_context: ToolContext, given: Any) -> bool:
    return bool(given["amount"] > 100)


HUMAN = Tool("ask_human", None, {"type": "object", "properties": {"question": {"type": "string"}}}, parse=dict)
SOMETIMES = Tool(
    "buy", "Buys.", {"type": "object"}, parse=dict, execute=lambda _context, _input: 1, needs_approval=expensive
)


async def test_an_agent_without_anything_shows_its_defaults(start: Callable[..., Any]) -> None:
    api: Api = await start(instructions=None)
    (agent,) = (await api(AGENTS))["agents"]
    assert agent == {
        "name": "support",
        "instructions": None,
        "model": "scripted:scripted",
        "maxSteps": None,
        "storageOptions": {"saveMessages": "PROMPT_AND_OUTPUT"},
        "embeddingModel": None,
        "contextOptions": {
            "excludeToolMessages": True,
            "recentMessages": 100,
            "searchOtherThreads": False,
            "maxTokens": None,
            "search": None,
        },
        "tools": [],
    }


async def test_an_agents_options_are_shown_but_not_instructions_made_for_each_answer(start: Callable[..., Any]) -> None:
    def instructions(run: RunContext) -> str:
        return f"Help {run.user_id}"

    context = ContextOptions(recent_messages=7, exclude_tool_messages=False)
    api: Api = await start(instructions=instructions, context=context, save_messages=SaveMode.ALL, max_steps=3)
    (agent,) = (await api(AGENTS))["agents"]
    assert (agent["instructions"], agent["maxSteps"]) == (None, 3)
    assert agent["storageOptions"] == {"saveMessages": "ALL"}
    assert agent["contextOptions"]["excludeToolMessages"] is False
    assert agent["contextOptions"]["recentMessages"] == 7


@pytest.mark.parametrize(("scope", "shown"), [("admin", "Be kind"), ("service", "Be kind"), ("user", None)])
async def test_instructions_are_shown_to_those_who_are_trusted(
    start: Callable[..., Any], scope: str, shown: str | None
) -> None:
    api: Api = await start(instructions="Be kind")
    (agent,) = (await api.as_seen_by(Viewer("ann", (scope,)))(AGENTS))["agents"]
    assert (agent["name"], agent["instructions"]) == ("support", shown)


@pytest.mark.parametrize("embeds", [False, True])
async def test_how_an_agent_searches_is_shown_as_it_will_be_done(start: Callable[..., Any], embeds: bool) -> None:
    search = SearchOptions(limit=5, threshold=None, before=3, after=0)
    context = ContextOptions(search=search, search_other_threads=True, max_tokens=4000)
    api: Api = await start(context=context, embedding_model=ByThings() if embeds else None)
    (agent,) = (await api(AGENTS))["agents"]
    assert agent["embeddingModel"] == ("test:things" if embeds else None)
    assert (agent["contextOptions"]["searchOtherThreads"], agent["contextOptions"]["maxTokens"]) == (True, 4000)
    assert agent["contextOptions"]["search"] == {
        "limit": 5,
        "textSearch": True,
        "vectorSearch": embeds,
        "vectorScoreThreshold": -1.0,
        "before": 3,
        "after": 0,
    }


async def test_tools_are_shown_by_name_with_their_schemas(start: Callable[..., Any]) -> None:
    api: Api = await start(tools=[weather, refund, HUMAN, SOMETIMES])
    (agent,) = (await api(AGENTS))["agents"]
    tools = {one["name"]: one for one in agent["tools"]}
    assert list(tools) == ["ask_human", "buy", "refund", "weather"]
    schema = tools["weather"].pop("inputSchema")
    assert tools["weather"] == {
        "name": "weather",
        "title": "Weather forecast",
        "description": "Says how the weather will be.",
        "needsApproval": False,
        "executes": True,
    }
    assert schema["properties"]["city"]["description"] == "Where."
    assert schema["required"] == ["city"]
    assert [one["needsApproval"] for one in tools.values()] == [False, True, True, False]
    assert [one["executes"] for one in tools.values()] == [False, True, True, True]
    assert tools["ask_human"]["description"] == ""
    assert tools["ask_human"]["inputSchema"] == HUMAN.input_schema

"""Runs as the tests of agents make them: a model's script, a few tools, and how the rows of a turn read."""

from collections.abc import Sequence
from typing import Any, Final

from weft import ToolContext, tool
from weft.agents.agent import Agent
from weft.agents.weft import Weft
from weft.testing import Answer, ScriptedModel
from weft.threads.messages import Message, Part


@tool
async def weather(ctx: ToolContext, city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


@tool
async def broken(ctx: ToolContext) -> str:
    """Fails."""
    raise ValueError("no such city")


@tool(needs_approval=True)
async def transfer(ctx: ToolContext, amount: int) -> str:
    """Sends money."""
    return f"sent {amount}"


TOOLS: Final = (weather, broken, transfer)


def agent(*answers: Answer, **fields: Any) -> Agent:
    """An agent with all these tools that gives these answers in turn."""
    given: dict[str, Any] = {"name": "helper", "model": ScriptedModel(answers), "tools": TOOLS, **fields}
    return Agent(**given)


def model_of(agent: Agent) -> ScriptedModel:
    """The model that an agent was given, with the requests that it was sent."""
    assert isinstance(agent.model, ScriptedModel)
    return agent.model


def told(agent: Agent, call: int = -1) -> list[str]:
    """What an agent's model was shown in a call: texts, and the kinds of other parts."""
    messages = model_of(agent).requests[call].messages
    return [str(part.get("text", part["type"])) for message in messages for part in message.content]


async def thread_of(weft: Weft, user_id: str | None = None) -> str:
    """The id of a new thread."""
    return (await weft.threads.create(user_id=user_id)).id


def outline(rows: Sequence[Message]) -> list[tuple[int, str, str]]:
    """The step, the role and the status of each row."""
    return [(row.step_order, row.role.value, row.status.value) for row in rows]


def outputs(rows: Sequence[Message]) -> dict[str, Part]:
    """The outputs of all results, by call id."""
    parts = (part for row in rows for part in row.content)
    return {part["toolCallId"]: part["output"] for part in parts if part["type"] == "tool-result"}


async def rows_of(weft: Weft, thread_id: str, order: int = 0) -> list[Message]:
    """The rows of a turn as they are stored."""
    return await weft.store.messages.turns(thread_id, [order])


async def at_rest(weft: Weft, thread_id: str) -> None:
    """Fails when anything of a thread is still under way: a row, a stream, a waiting call."""
    thread = await weft.store.threads.get(thread_id)
    assert thread is not None
    rows = [row for order in range(thread.last_order + 1) for row in await rows_of(weft, thread_id, order)]
    assert [row.id for row in rows if row.status.value == "pending"] == []
    assert await weft.store.streams.alive_after(thread_id, thread.seq) == []
    assert await weft.store.pending_calls.open_of_thread(thread_id) == []

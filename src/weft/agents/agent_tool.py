"""An agent as a tool of another: it is asked in a thread of its own; its answer is the result (behaviour.md row 78).

The thread and the answer are found again by the call's id, so a call that is run again after a crash asks once.
"""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from weft.agents.tools.context import ToolContext
from weft.agents.tools.decorator import tool
from weft.agents.tools.definition import Tool
from weft.threads.generations import GenerationStatus

if TYPE_CHECKING:
    from weft.agents.agent import Agent

TIMEOUT_SECONDS: Final = 600.0
_NOT_IN_A_NAME: Final = re.compile(r"[^a-zA-Z0-9_-]+")

Task = Annotated[str, Field(description="What to do, with all that is needed for it.")]


class SubThread(StrEnum):
    """Where an agent that is a tool keeps what it is asked: in one thread for each thread that asks, so that it
    remembers; in a new one for each call; or nowhere."""

    SHARED = "shared"
    EACH_CALL = "each-call"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AgentTool:
    """Asks `agent`. Threads that it makes belong to the user who asks; their metadata names the thread that does."""

    agent: "Agent"
    thread: SubThread = SubThread.SHARED

    async def ask(self, context: ToolContext, task: Task) -> str:
        """Its answer, or why there is none."""
        answers = context.weft.answers
        if context.thread_id is None or self.thread is SubThread.NONE:
            user_id = context.user_id or context.thread_id or "nobody"
            answer = await answers.generate_text(self.agent, user_id=user_id, prompt=task, custom=context.custom)
            return answer.text
        answer = await answers.generate_text(
            self.agent,
            thread_id=await self._thread(context, context.thread_id),
            prompt=task,
            custom=context.custom,
            client_id=_key(context.generation_id, context.tool_call_id),
            at_once=True,
        )
        if answer.generation is not None and answer.generation.status is GenerationStatus.WAITING:
            message = f"{self.agent.name} waits for a person in thread {answer.generation.thread_id}"
            raise RuntimeError(f"{message}; its answer will come there")
        return answer.text

    async def _thread(self, context: ToolContext, asking: str) -> str:
        call = (context.generation_id, context.tool_call_id) if self.thread is SubThread.EACH_CALL else ()
        parent = {"parentThreadId": asking, "agentName": self.agent.name}
        found = await context.weft.threads.create(
            user_id=context.user_id, metadata=parent, client_id=_key(asking, self.agent.name, *call)
        )
        return found.id


def _key(*names: str | None) -> str:
    """A client id for these names, however long a provider makes the ids of its calls."""
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def agent_tool(
    agent: "Agent",
    *,
    name: str | None = None,
    description: str | None = None,
    thread: SubThread = SubThread.SHARED,
    timeout: float = TIMEOUT_SECONDS,
) -> Tool:
    """The agent as a tool that takes a `task` and returns the text of the answer.

    Raises:
        ConfigError: the name cannot be a tool's.
    """
    asked = AgentTool(agent, thread)
    named = name or _NOT_IN_A_NAME.sub("_", agent.name)
    told = description or f"Asks the agent {agent.name} to do something and returns its answer."
    return replace(tool(asked.ask, name=named, description=told, timeout=timeout), asks=(agent,))

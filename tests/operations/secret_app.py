"""An app where everything fails, and says why with what it was told: the errors quote prompts, titles and keys."""

import os
from typing import Final

from weft import Agent, ToolContext, Viewer, create_app, tool
from weft.agents.run_context import RunContext
from weft.testing import Call, ScriptedModel
from weft.threads.threads import Thread
from weft.threads.viewers import Action

BROKEN: Final = "broken-rule"


class QuotingError(Exception):
    """Quotes what it is told, as errors of drivers and parsers do."""


@tool
async def quote(context: ToolContext, said: str) -> str:
    """Fails with what the user said."""
    raise QuotingError(f"{said} {os.environ['OPENAI_API_KEY']}")


def quoting(run: RunContext) -> str:
    try:
        raise QuotingError(f"{run.prompt_message_id} {os.environ['MARK_PROMPT']}")
    except QuotingError as error:
        raise QuotingError(os.environ["WEFT_JWT_SECRET"]) from error


def authorize(viewer: Viewer, action: Action, thread: Thread) -> bool | None:
    if thread.title is not None and thread.title.startswith(BROKEN):
        raise QuotingError(f"{thread.title} {thread.metadata} {os.environ['MARK_PROMPT']}")
    return None


MARK = os.environ.get("MARK_PROMPT", "")

app = create_app(
    [
        Agent("provider", model="openai-chat:gpt-5-mini"),
        Agent("quoting", model=ScriptedModel(["Never"], repeat=True), instructions=quoting),
        Agent(
            "tools",
            model=ScriptedModel([Call("quote", {"said": MARK}), "Done"], repeat=True),
            tools=[quote],
        ),
    ],
    authorize=authorize,
)

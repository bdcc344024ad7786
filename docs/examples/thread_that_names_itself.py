"""A thread that gets its title from the agent, as soon as it is clear what the conversation is about.

WEFT_MODEL=openai:gpt-5-mini weft dev docs.examples.thread_that_names_itself:app
"""

import os
from typing import Annotated

from weft import Agent, ToolContext, create_app, tool


@tool
async def name_thread(context: ToolContext, title: Annotated[str, "At most six words."]) -> str:
    """Gives the conversation a title, or a better one."""
    if context.thread_id is None:
        return "this conversation is not kept"
    await context.weft.threads.update(context.thread_id, {"title": title})
    return "done"


def assistant(model: str) -> Agent:
    return Agent(
        "assistant",
        model=model,
        instructions="You are helpful. When the subject is clear and has no title yet, call name_thread, then answer.",
        tools=[name_thread],
    )


app = create_app(agents=[assistant(os.environ.get("WEFT_MODEL", "demo"))])

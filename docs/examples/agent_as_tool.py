"""An agent that asks another one. The other has a thread of its own for each thread that asks, and remembers there.

WEFT_MODEL=anthropic:claude-sonnet-4-5 weft dev docs.examples.agent_as_tool:app
"""

import os

from weft import Agent, create_app


def team(model: str) -> list[Agent]:
    librarian = Agent("librarian", model=model, instructions="You know every book. Answer in one sentence.")
    guide = Agent(
        "guide",
        model=model,
        instructions="You help people to choose a book. Ask the librarian for facts.",
        tools=[librarian.as_tool(description="Asks the librarian a question about books.")],
    )
    return [guide]


app = create_app(agents=team(os.environ.get("WEFT_MODEL", "demo")))

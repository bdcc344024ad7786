"""An agent that remembers: it is shown what fits of its user's other threads, and can look up the rest by itself.

WEFT_MODEL=openai:gpt-5-mini WEFT_EMBEDDINGS=openai:text-embedding-3-small weft dev docs.examples.memory:app
"""

import os

from weft import Agent, create_app, search_tool
from weft.agents.context.options import ContextOptions
from weft.agents.search import Found
from weft.agents.weft import Weft
from weft.threads.search import SearchOptions


def assistant(model: str, embeddings: str) -> Agent:
    return Agent(
        "assistant",
        model=model,
        embedding_model=embeddings,
        instructions="You help with everyday things. When you do not know what the user means, search for it first.",
        tools=[search_tool("user", limit=5)],
        context=ContextOptions(
            recent_messages=20,
            search=SearchOptions(limit=4, before=0, after=0),
            search_other_threads=True,
            max_tokens=8000,
        ),
    )


async def look_up(weft: Weft, user_id: str, text: str) -> list[Found]:
    """What the search field of a page calls; from a browser it is the query `searchMessages`."""
    return await weft.search.messages(text, user_id=user_id, options=SearchOptions(limit=10))


app = create_app(agents=[assistant(os.environ.get("WEFT_MODEL", "demo"), os.environ.get("WEFT_EMBEDDINGS", "demo"))])

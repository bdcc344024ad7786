"""Searching messages. What the viewer may look through is decided in `weft.agents.access`."""

from typing import Annotated

import strawberry

from weft.schema.context import Info
from weft.schema.search import MessageHit, SearchMessagesInput

Search = Annotated[SearchMessagesInput, strawberry.argument(description="What to look for, and where.")]


async def search_messages(info: Info, input: Search) -> list[MessageHit]:
    found = await info.context.weft.search.messages(
        input.query,
        thread_id=input.thread_id,
        user_id=input.user_id,
        options=input.options(),
        embedding_model=input.embedding_model,
    )
    return MessageHit.many(found)

"""Searching messages: what is looked for, and what was found."""

from typing import Final

import strawberry

from weft.agents.search import Found
from weft.errors import InputError
from weft.schema.defaults import is_unwritten
from weft.schema.messages import Message
from weft.schema.threads import Thread
from weft.threads.search import MAX_LIMIT, SearchOptions

_LIMIT: Final = 10
_THRESHOLD: Final = 0.0


@strawberry.input(description="What to look for, and where. Without `threadId` and `userId`: in all that you may see.")
class SearchMessagesInput:
    query: str = strawberry.field(
        description="Words, a question or a whole message, at most 10,000 characters. The text search finds messages "
        "with any of its words, in any form of them; the vector search finds those that mean something alike."
    )
    thread_id: strawberry.ID | None = strawberry.field(default=None, description="Only messages of this thread.")
    user_id: str | None = strawberry.field(
        default=None,
        description="Only messages of this user's threads, but for those hidden from user search. With `threadId`, the "
        "thread must be this user's.",
    )
    limit: int | None = strawberry.field(
        default=_LIMIT, description=f"The best so many are returned, 1 to {MAX_LIMIT}; null for {_LIMIT}."
    )
    text_search: bool | None = strawberry.field(
        default=True, description="Whether messages with words of the query are looked for; null for true."
    )
    vector_search: bool | None = strawberry.field(
        default=True,
        description="Whether messages of like meaning are looked for. Left out or null, they are where an agent has an "
        "embedding model; a written `true` without one is an error.",
    )
    vector_score_threshold: float | None = strawberry.field(
        default=None,
        description="Only messages of like meaning whose `vectorScore` is greater, -1 to 1; null for 0.",
    )
    embedding_model: str | None = strawberry.field(
        default=None,
        description="Which of the agents' embedding models to search with, for example "
        "`openai:text-embedding-3-small`; null for the first agent's.",
    )

    def options(self) -> SearchOptions:
        """Raises InputError for a number out of its range, and when nothing is looked for."""
        limit = _LIMIT if self.limit is None else self.limit
        threshold = _THRESHOLD if self.vector_score_threshold is None else self.vector_score_threshold
        text = self.text_search is not False
        vector = None if is_unwritten(self.vector_search) else self.vector_search
        if not 1 <= limit <= MAX_LIMIT:
            raise InputError(f"limit must be between 1 and {MAX_LIMIT}, not {limit}", path=("input", "limit"))
        if not -1 <= threshold <= 1:
            message = f"vectorScoreThreshold must be between -1 and 1, a cosine, not {threshold}"
            raise InputError(message, path=("input", "vectorScoreThreshold"))
        if not text and vector is False:
            message = "look for text, for vectors or for both; this search looks for neither"
            raise InputError(message, path=("input", "textSearch"))
        return SearchOptions(limit=limit, text=text, vector=vector, threshold=threshold)


@strawberry.type(description="A message that a search found. Ranks count from 1, the best.")
class MessageHit:
    message: Message = strawberry.field(description="The message.")
    thread: Thread = strawberry.field(description="The thread that it is in.")
    snippet: str = strawberry.field(
        description="The passage of its text that has most of the query's words, in one line of at most 200 "
        "characters; the beginning of the text when it has none of them."
    )
    score: float = strawberry.field(
        description="What hits are sorted by: the sum of 1 / (60 + rank) over the two ranks. It compares hits of one "
        "search only."
    )
    text_rank: int | None = strawberry.field(
        description="Its place among messages with the query's words; null if it is not one. Where messages of like "
        "meaning are found too, one with few of the words is not lifted by them: it has no place, or one behind all."
    )
    vector_rank: int | None = strawberry.field(
        description="Its place among messages of like meaning; null if it is not one."
    )
    vector_score: float | None = strawberry.field(
        description="How alike its meaning is: the cosine of the two vectors, -1 to 1; null without `vectorRank`."
    )

    @classmethod
    def many(cls, found: list[Found]) -> "list[MessageHit]":
        """Hits of one thread share its object, so that what is asked below it is read once."""
        threads = {one.thread.id: Thread.of(one.thread) for one in found}
        return [
            cls(
                message=Message.of(one.message),
                thread=threads[one.thread.id],
                snippet=one.snippet,
                score=one.hit.score,
                text_rank=one.hit.text_rank,
                vector_rank=one.hit.vector_rank,
                vector_score=one.hit.vector_score,
            )
            for one in found
        ]

"""What a model is shown besides the turn that it answers: as an agent has it, and as a call may change it."""

from typing import Final

import strawberry

from weft.agents.context import options as context_options
from weft.errors import InputError
from weft.schema.ranges import MAX_INT, between
from weft.threads import search
from weft.threads.generations import ContextChanges
from weft.threads.search import MAX_LIMIT, MAX_RANGE, SearchChanges

_MAX_RECENT: Final = 10_000


@strawberry.type(description="How older messages are searched that may help with an answer.")
class SearchOptions:
    limit: int = strawberry.field(description="The best so many are shown to the model.")
    text_search: bool = strawberry.field(description="Whether messages with words of the prompt are looked for.")
    vector_search: bool = strawberry.field(
        description="Whether messages of like meaning are looked for: only an agent with an embedding model can."
    )
    vector_score_threshold: float = strawberry.field(
        description="Only messages of like meaning whose `vectorScore` is greater, -1 to 1; -1 for all."
    )
    before: int = strawberry.field(description="How many turns before each hit come with it. Its own always does.")
    after: int = strawberry.field(description="How many turns after each hit come with it.")

    @classmethod
    def of(cls, value: search.SearchOptions, *, has_embeddings: bool) -> "SearchOptions":
        return cls(
            limit=value.limit,
            text_search=value.text,
            vector_search=has_embeddings if value.vector is None else value.vector,
            vector_score_threshold=-1.0 if value.threshold is None else value.threshold,
            before=value.before,
            after=value.after,
        )


@strawberry.type(description="What an agent's model is shown besides the turn that it answers.")
class ContextOptions:
    exclude_tool_messages: bool = strawberry.field(
        description="Whether tool calls and results of earlier turns, and of what a search finds, are left out."
    )
    recent_messages: int = strawberry.field(
        description="How many rows before the prompt's turn may be shown; only whole turns are."
    )
    search_other_threads: bool = strawberry.field(
        description="Whether the user's other threads are searched besides this one."
    )
    search: SearchOptions | None = strawberry.field(
        description="How older messages are searched; null: only recent ones are shown."
    )
    max_tokens: int | None = strawberry.field(
        description="The most tokens, by an estimate, that the messages may have together; null for no limit."
    )

    @classmethod
    def of(cls, value: context_options.ContextOptions, *, has_embeddings: bool) -> "ContextOptions":
        found = value.search
        return cls(
            exclude_tool_messages=value.exclude_tool_messages,
            recent_messages=value.recent_messages,
            search_other_threads=value.search_other_threads,
            search=None if found is None else SearchOptions.of(found, has_embeddings=has_embeddings),
            max_tokens=value.max_tokens,
        )


@strawberry.input(
    description="How older messages are searched that may help with the answer. What is absent the agent decides; of a "
    "search that it does not have by itself, see the defaults below."
)
class SearchOptionsInput:
    limit: int = strawberry.field(
        description=f"The best so many are shown, 1 to {MAX_LIMIT}, all of them new to the model; 0: no search."
    )
    text_search: bool | None = strawberry.field(
        default=None, description="Whether messages with words of the prompt are looked for. By itself: true."
    )
    vector_search: bool | None = strawberry.field(
        default=None,
        description="Whether messages of like meaning are looked for. By itself: where the agent has an embedding "
        "model.",
    )
    vector_score_threshold: float | None = strawberry.field(
        default=None,
        description="Only messages of like meaning whose `vectorScore` is greater, -1 to 1. By itself: 0.",
    )
    before: int | None = strawberry.field(
        default=None,
        description=f"How many turns before each hit come with it, 0 to {MAX_RANGE}. By itself: 2. The hit's own turn "
        "always comes.",
    )
    after: int | None = strawberry.field(
        default=None, description=f"How many turns after each hit come with it, 0 to {MAX_RANGE}. By itself: 1."
    )

    def changes(self, *path: str) -> SearchChanges:
        """Raises InputError for a number out of its range, and for a search that looks for nothing."""
        if self.text_search is False and self.vector_search is False:
            message = "look for text, for vectors or for both; or give limit 0 for no search"
            raise InputError(message, path=(*path, "textSearch"))
        return SearchChanges(
            limit=between(self.limit, 0, MAX_LIMIT, *path, "limit"),
            text=self.text_search,
            vector=self.vector_search,
            threshold=between(self.vector_score_threshold, -1.0, 1.0, *path, "vectorScoreThreshold"),
            before=between(self.before, 0, MAX_RANGE, *path, "before"),
            after=between(self.after, 0, MAX_RANGE, *path, "after"),
        )


@strawberry.input(
    description="What the model is shown besides the turn that it answers. What is absent the agent decides."
)
class ContextOptionsInput:
    exclude_tool_messages: bool | None = strawberry.field(
        default=None,
        description="True leaves out tool calls and results of earlier turns, and of what a search finds; the turn "
        "being answered keeps its own.",
    )
    recent_messages: int | None = strawberry.field(
        default=None,
        description="How many rows before the prompt's turn may be shown, of which only whole turns are; "
        f"0, the prompt alone, to {_MAX_RECENT}.",
    )
    search_other_threads: bool | None = strawberry.field(
        default=None, description="True searches the user's other threads too; only if there is a search."
    )
    search: SearchOptionsInput | None = strawberry.field(
        default=None, description="How older messages are searched that may help with the answer."
    )
    max_tokens: int | None = strawberry.field(
        default=None,
        description="The most tokens, by an estimate, that the messages may have together, 1 or more. Left out first "
        "are the neighbours of the worst hits, then the worst hits, then the oldest turns; never the prompt, what the "
        "call gives, and what there is of the answer.",
    )

    def changes(self, *path: str) -> ContextChanges:
        """Raises InputError for a number out of its range."""
        return ContextChanges(
            exclude_tool_messages=self.exclude_tool_messages,
            recent_messages=between(self.recent_messages, 0, _MAX_RECENT, *path, "recentMessages"),
            search=None if self.search is None else self.search.changes(*path, "search"),
            search_other_threads=self.search_other_threads,
            max_tokens=between(self.max_tokens, 1, MAX_INT, *path, "maxTokens"),
        )

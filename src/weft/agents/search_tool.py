"""A tool by which a model looks up what was said earlier. It never finds the turn that is being answered."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import Field

from weft.agents.embedding.service import LONGEST_TEXT
from weft.agents.run_context import RunContext
from weft.agents.search import Found, Query
from weft.agents.tools.context import ToolContext
from weft.agents.tools.decorator import tool
from weft.agents.tools.definition import Tool
from weft.errors import ConfigError
from weft.threads.messages import MessageRole
from weft.threads.search import Before, Reach, SearchOptions
from weft.threads.snippets import snippet

LIMIT: Final = 5
TEXT_LENGTH: Final = 400
_SHORTEST: Final = 20
_LONGEST: Final = 10_000

Sought = Annotated[
    str,
    Field(
        description="What to look for, as words or as a question: names, numbers and other words that are likely to be "
        "in the message, for example `delivery address of the blue bicycle`.",
        min_length=1,
        max_length=LONGEST_TEXT,
    ),
]


class SearchScope(StrEnum):
    """Where a search tool looks: in the thread that is answered in, or in all threads of its user."""

    THREAD = "thread"
    USER = "user"


_TOLD: Final = {
    SearchScope.THREAD: "Searches earlier messages of this conversation, also those that are not shown to you.",
    SearchScope.USER: "Searches earlier messages of this user in all of their conversations.",
}
_ADVICE: Final = (
    "Use it when the user refers to something said before that you do not see. The best hits come first; "
    "`text` is the passage that fits. Search again with other words when nothing fits."
)


@dataclass(frozen=True, slots=True)
class MessageSearch:
    """`scope` and `options`: what is searched, and how. `text_length`: characters that are told of a message."""

    scope: SearchScope
    options: SearchOptions
    text_length: int

    async def search(self, context: ToolContext, query: Sought) -> list[dict[str, Any]] | str:
        """The hits, or a sentence that says that there are none."""
        before = None
        if context.thread_id is not None and context.order is not None:
            before = Before(context.thread_id, context.order)
        reach = replace(self._reach(context), before=before)
        run = RunContext(
            weft=context.weft,
            agent=context.agent,
            user_id=context.user_id,
            thread_id=context.thread_id,
            order=context.order,
            prompt_message_id=context.prompt_message_id,
            generation_id=context.generation_id,
            custom=context.custom,
        )
        sought = Query(query, reach, self.options, context.agent.embeddings, run=run)
        found = await context.weft.search.look_up(sought)
        return [self._told(one, query) for one in found] or "Nothing was found."

    def _reach(self, context: ToolContext) -> Reach:
        """Raises LookupError when the run has nothing to search in; the model is told so."""
        if self.scope is SearchScope.USER and context.user_id is not None:
            return Reach(user_id=context.user_id)
        if context.thread_id is None:
            raise LookupError("there is nothing to search: this answer is not given in a thread")
        return Reach(thread_id=context.thread_id)

    def _told(self, found: Found, query: str) -> dict[str, Any]:
        row = found.message
        told: dict[str, Any] = {
            "when": f"{row.created_at:%Y-%m-%d %H:%M} UTC",
            "who": row.agent_name or ("assistant" if row.role is MessageRole.ASSISTANT else row.role.value),
            "text": snippet(row.text or "", query, self.text_length),
        }
        if self.scope is SearchScope.USER:
            told |= {"thread": row.thread_id} | ({"title": found.thread.title} if found.thread.title else {})
        return told


def search_tool(
    scope: SearchScope | str = SearchScope.THREAD,
    *,
    limit: int = LIMIT,
    text_length: int = TEXT_LENGTH,
    name: str = "search_messages",
    description: str | None = None,
    options: SearchOptions | None = None,
) -> Tool:
    """A tool that an agent searches earlier messages with, by words and, if the agent has an embedding model, meaning.

    Args:
        scope: `"thread"`, or `"user"`: all threads of the user whom the run answers, but for messages hidden from it.
            In a thread of nobody it is that thread.
        limit: How many hits the model is told of at most, 1 to 100.
        text_length: Characters of each message that it is told, 20 to 10,000.
        name: What the model calls the tool.
        description: What the model is told of it, instead of what Weft says.
        options: How it is searched; `limit` is taken from above.

    Raises:
        ConfigError: an option is out of its range.
    """
    if scope not in list(SearchScope):
        raise ConfigError(f'scope of a search tool is {scope!r}; give "thread" or "user"')
    if not _SHORTEST <= text_length <= _LONGEST:
        raise ConfigError(f"text_length of a search tool is {text_length}; give {_SHORTEST} to {_LONGEST}")
    where = SearchScope(scope)
    search = MessageSearch(where, replace(options or SearchOptions(), limit=limit), text_length)
    return tool(search.search, name=name, description=description or f"{_TOLD[where]} {_ADVICE}")

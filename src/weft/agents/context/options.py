"""Which of a thread's messages a model is shown, and which others of its user."""

from dataclasses import dataclass, replace

from weft.errors import ConfigError
from weft.threads.generations import ContextChanges
from weft.threads.search import SearchChanges, SearchOptions


@dataclass(frozen=True, slots=True)
class ContextOptions:
    """What is gathered for a model call besides the turn being answered, which is always shown.

    Args:
        recent_messages: How many rows before the prompt's turn may be shown, of which only whole turns are; 0 for none.
        exclude_tool_messages: Whether tool calls and results of earlier turns, and of what a search finds, are left
            out; the turn being answered keeps its own.
        search: How older messages are searched that may help; None: they are not.
        search_other_threads: Whether the user's other threads are searched too.
        max_tokens: The most tokens, as `count_tokens` of the agent counts them, that the messages may have together.
            Left out first are the neighbours of the worst hits, then the worst hits, then the oldest turns; never the
            prompt, what the call gave, and what there is of the answer. None: no limit.

    Raises:
        ConfigError: a number is out of range.
    """

    recent_messages: int = 100
    exclude_tool_messages: bool = True
    search: SearchOptions | None = None
    search_other_threads: bool = False
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.recent_messages < 0:
            raise ConfigError(f"recent_messages is {self.recent_messages}; give 0 or more")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise ConfigError(f"max_tokens of a context is {self.max_tokens}; give 1 or more")

    def changed(self, changes: ContextChanges) -> "ContextOptions":
        """With what a call changes. Raises ConfigError when both together are none, as a search for nothing."""
        recent, exclude, others = changes.recent_messages, changes.exclude_tool_messages, changes.search_other_threads
        return ContextOptions(
            self.recent_messages if recent is None else recent,
            self.exclude_tool_messages if exclude is None else exclude,
            _searched(self.search, changes.search),
            self.search_other_threads if others is None else others,
            self.max_tokens if changes.max_tokens is None else changes.max_tokens,
        )


def _searched(own: SearchOptions | None, changes: SearchChanges | None) -> SearchOptions | None:
    """A search that only the call asks for is for words, and for meaning where there is an embedding model."""
    if changes is None:
        return own
    if changes.limit == 0 or (changes.limit is None and own is None):
        return None
    names = ("limit", "text", "vector", "threshold", "before", "after")
    given = {name: value for name in names if (value := getattr(changes, name)) is not None}
    return replace(own or SearchOptions(), **given)

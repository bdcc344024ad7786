"""Which of a thread's messages a model is shown."""

from dataclasses import dataclass

from weft.errors import ConfigError
from weft.threads.generations import ContextChanges


@dataclass(frozen=True, slots=True)
class ContextOptions:
    """`recent_messages` counts rows before the prompt's turn, of which only whole turns are shown; 0: the prompt alone.

    `exclude_tool_messages` leaves tool calls and results of earlier turns out; the turn being answered keeps its own.
    """

    recent_messages: int = 100
    exclude_tool_messages: bool = True

    def __post_init__(self) -> None:
        if self.recent_messages < 0:
            raise ConfigError(f"recent_messages is {self.recent_messages}; give 0 or more")

    def changed(self, changes: ContextChanges) -> "ContextOptions":
        """With what a call changes."""
        recent, exclude = changes.recent_messages, changes.exclude_tool_messages
        return ContextOptions(
            self.recent_messages if recent is None else recent,
            self.exclude_tool_messages if exclude is None else exclude,
        )

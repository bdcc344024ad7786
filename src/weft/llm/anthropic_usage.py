"""Tokens as Anthropic counts them. Each of its records is cumulative, but the later ones may leave counts out."""

from typing import Any

from weft.threads.json_values import is_object
from weft.threads.usage import NO_USAGE, Usage


class Spent:
    """The tokens of a call, and of those that it was gone on with."""

    def __init__(self) -> None:
        self.record: dict[str, Any] = {}
        self._before = NO_USAGE

    def take(self, record: dict[str, Any]) -> Usage:
        """Takes a record in. Returns all that was used so far."""
        self.record |= record
        return self.usage

    def go_on(self) -> None:
        """Another call follows, which counts from the beginning."""
        self._before, self.record = self.usage, {}

    @property
    def usage(self) -> Usage:
        # The API's input leaves out what was read from the cache and what was written to it.
        read, written = self._count("cache_read_input_tokens"), self._count("cache_creation_input_tokens")
        told, output = self._count("input_tokens") + read + written, self._count("output_tokens")
        thought = self._count("output_tokens_details", "thinking_tokens")
        return self._before + Usage(told, output, told + output, read, written, thought)

    def _count(self, *names: str) -> int:
        value: Any = self.record
        for name in names:
            value = value.get(name) if is_object(value) else None
        return value if isinstance(value, int) else 0

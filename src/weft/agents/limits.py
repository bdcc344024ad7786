"""How large the things are that a caller may hand in."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from weft.errors import ErrorCode, InputError
from weft.threads import ids

MAX_CLIENT_ID: Final = 200
MAX_TEXT: Final = 2000
"""Characters of names, reasons, comments and the ids of users."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Those that are settings: `WEFT_LIMIT_` and the name in capitals. Each method raises InputError."""

    prompt_bytes: int = 1024 * 1024
    metadata_bytes: int = 16 * 1024
    title_characters: int = 2000

    def check_prompt(self, value: Any, *path: str) -> None:
        """A prompt, or the content in its place."""
        check_json(value, self.prompt_bytes, *path, setting="WEFT_LIMIT_PROMPT_BYTES")

    def check_metadata(self, value: Any, *path: str) -> None:
        """What an application stores beside a thread or a message, or gives to an answer."""
        check_json(value, self.metadata_bytes, *path, setting="WEFT_LIMIT_METADATA_BYTES")

    def check_title(self, value: str | None, *path: str) -> None:
        """The title or the summary of a thread."""
        check_text(value, self.title_characters, *path, setting="WEFT_LIMIT_TITLE_CHARACTERS")


SIZES: Final = Sizes()


def check_text(value: str | None, limit: int, *path: str, setting: str | None = None) -> None:
    """Raises InputError when a text has more than `limit` characters. `setting`: what sets the limit."""
    if value is not None and len(value) > limit:
        message = f"{path[-1]} has {len(value)} characters; the limit is {limit}{_set_by(setting)}"
        raise InputError(message, reason=ErrorCode.TOO_LARGE, path=path)


def check_json(value: Any, limit: int, *path: str, setting: str | None = None) -> None:
    """Raises InputError when a value has more than `limit` bytes as JSON. `setting`: what sets the limit."""
    try:
        size = len(orjson.dumps(value))
    except TypeError:
        raise InputError(f"{path[-1]} cannot be written as JSON", path=path) from None
    if size > limit:
        message = f"{path[-1]} has {size} bytes as JSON; the limit is {limit}{_set_by(setting)}"
        raise InputError(message, reason=ErrorCode.TOO_LARGE, path=path)


def _set_by(setting: str | None) -> str:
    return "" if setting is None else f" ({setting})"


def check_id(value: str, prefix: str, *path: str) -> None:
    """Raises InputError for an id that is known to name something of another type."""
    named = ids.mistaken(value, prefix)
    if named is not None:
        raise InputError(f"{value} is the id of {named}", path=path)

"""How many tokens a message has, about: no model's own count, but quick, and the same for all of them."""

from collections.abc import Callable
from typing import Any, Final

from weft.llm.model import ModelMessage
from weft.threads.json_values import is_list, is_object
from weft.threads.messages import Part

CountTokens = Callable[[ModelMessage], int]
"""How many tokens a message has, 0 or more; called for every message that may be sent, so it must be quick."""

PER_MESSAGE: Final = 4
"""Who speaks, and where the message begins and ends."""
PER_MEDIA: Final = 1000
"""An image or a file, whatever its size: providers scale them down."""
_BYTES_PER_TOKEN: Final = 4
_MEDIA: Final = frozenset({"image", "file", "media", "image-data", "file-data", "image-url", "file-url"})


def estimate_tokens(message: ModelMessage) -> int:
    """A token for four bytes of text as UTF-8, which is four letters of English and fewer of others; 1000 a medium."""
    return PER_MESSAGE + sum(map(_of_part, message.content))


def _of_part(part: Part) -> int:
    match part.get("type"):
        case "text" | "reasoning":
            return _of_text(part.get("text"))
        case kind if kind in _MEDIA:
            return PER_MEDIA
        case "tool-call":
            return _of_text(part.get("toolName")) + _of_value(part.get("input"))
        case "tool-result":
            return _of_text(part.get("toolName")) + _of_value(part.get("output"))
        case _:
            return _of_value(part)


def _of_text(text: Any) -> int:
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN) if isinstance(text, str) else 0


def _of_value(value: Any) -> int:
    """Of JSON; media in it count as media, not as the text that they are written as."""
    if isinstance(value, str):
        return _of_text(value)
    if is_object(value):
        if value.get("type") in _MEDIA:
            return PER_MEDIA
        return sum(_of_text(name) + _of_value(each) + 1 for name, each in value.items())
    if is_list(value):
        return sum(_of_value(each) for each in value)
    return 1

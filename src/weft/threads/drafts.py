"""Messages on their way in: what a caller may say of a message besides its content (behaviour.md row 29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from weft.errors import InputError
from weft.threads.forms import parse_content
from weft.threads.messages import FinishReason, MessageRole, MessageStatus, Part
from weft.threads.usage import Usage


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a message; None and the default status mean: nothing special. `custom` is the application's."""

    status: MessageStatus = MessageStatus.SUCCESS
    error: str | None = None
    finish_reason: FinishReason | None = None
    model: str | None = None
    provider: str | None = None
    provider_metadata: Any = None
    provider_options: Any = None
    sources: Any = None
    reasoning: str | None = None
    usage: Usage | None = None
    warnings: Any = None
    text: str | None = None
    custom: Any = None


NOTHING_SPECIAL: Final = Metadata()


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to store: checked content, and what the caller says of it."""

    role: MessageRole
    content: Sequence[Part]
    metadata: Metadata = NOTHING_SPECIAL
    client_id: str | None = None


def draft(
    *,
    prompt: str | None = None,
    role: MessageRole | None = None,
    content: Any = None,
    metadata: Metadata = NOTHING_SPECIAL,
    client_id: str | None = None,
    path: tuple[str, ...] = (),
) -> Draft:
    """A message from a user's text, or from a role with content of that role's form.

    Raises:
        InputError: neither or both were given, or the content is not of the role's form; the path says where.
    """
    if prompt is not None:
        if role is not None or content is not None:
            raise InputError("give prompt, or role with content, not both", path=(*path, "prompt"))
        return Draft(MessageRole.USER, parse_content(MessageRole.USER, prompt, (*path, "prompt")), metadata, client_id)
    if role is None or content is None:
        missing = "role" if role is None else "content"
        raise InputError("give prompt, or role with content", path=(*path, missing))
    return Draft(role, parse_content(role, content, (*path, "content")), metadata, client_id)


_OLD_USAGE: Final = {
    "promptTokens": "input_tokens",
    "completionTokens": "output_tokens",
    "cachedInputTokens": "cached_input_tokens",
    "cacheWriteInputTokens": "cache_write_input_tokens",
    "reasoningTokens": "reasoning_tokens",
    "totalTokens": "total_tokens",
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
}


def usage_of(value: Any, path: tuple[str, ...]) -> Usage:
    """Usage from an object of token counts, by today's names or the reference's (behaviour.md row 163).

    Counts that Weft does not keep are left out. Raises InputError for what is no count.
    """
    if not isinstance(value, dict):
        raise InputError("usage is an object of token counts", path=path)
    counts = dict.fromkeys(_OLD_USAGE.values(), 0)
    given = cast("dict[str, Any]", value)
    for name, count in given.items():
        if name not in _OLD_USAGE:
            continue
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise InputError(f"{name} is a count of tokens, 0 or more", path=(*path, name))
        counts[_OLD_USAGE[name]] = count
    counts["total_tokens"] = counts["total_tokens"] or counts["input_tokens"] + counts["output_tokens"]
    return Usage(**counts)

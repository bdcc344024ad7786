"""What Anthropic's Messages API refuses although its types allow it, as its error messages have it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from weft.threads.json_values import is_list, is_object

Json = dict[str, Any]
_ID = re.compile(r"[a-zA-Z0-9_-]+")
_THINKING = ("thinking", "redacted_thinking")
_REMOVED = ("temperature", "top_p", "top_k")


def broken_rules(body: Json) -> list[str]:
    """The rules that a request breaks. Its messages' contents are lists of blocks."""
    messages: list[Json] = body["messages"]
    broken = [f"{name} is not known" for name in _REMOVED if name in body]
    broken += [] if messages and messages[0]["role"] == "user" else ["the first message must use the user role"]
    broken += ["roles must alternate" for one, two in pairwise(messages) if one["role"] == two["role"]]
    broken += [] if _marks(body) <= 4 else ["a maximum of 4 blocks with cache_control may be provided"]
    ids = [block["id"] for block in _blocks(messages) if block["type"] == "tool_use"]
    broken += [] if len(ids) == len(set(ids)) else ["tool_use ids must be unique"]
    broken += [f"tool_use id {id_} is not legal" for id_ in ids if not _ID.fullmatch(id_)]
    broken += ["tools must be defined"] if ids and not body.get("tools") else []
    broken += ["tool_choice without tools"] if body.get("tool_choice") and not body.get("tools") else []
    nothing: Json = {"role": "user", "content": []}
    for message, following in pairwise([*messages, nothing]):
        broken += _of_message(message, following)
    return broken + [complaint for block in _blocks(messages) for complaint in _of_block(block)]


def _of_message(message: Json, following: Json) -> Iterator[str]:
    content: list[Json] = message["content"]
    if not content:
        yield "a message must have content"
    elif message["role"] == "assistant" and content[-1]["type"] in _THINKING:
        yield "the final block in an assistant message cannot be thinking"
    called = [block["id"] for block in content if block["type"] == "tool_use"]
    results = [block["tool_use_id"] for block in following["content"] if block["type"] == "tool_result"]
    if called != results:
        yield f"tool_use ids {called} must be followed by their tool_result blocks, not {results}"
    kinds = [block["type"] == "tool_result" for block in content]
    if kinds != sorted(kinds, reverse=True):
        yield "tool_result blocks must come first"


def _of_block(block: Json) -> Iterator[str]:
    if block["type"] == "text" and not block["text"].strip():
        yield "text content blocks must contain non-whitespace text"
    if block["type"] in _THINKING and "cache_control" in block:
        yield "thinking cannot be marked"
    if block.get("is_error") and not block.get("content"):
        yield "content cannot be empty if is_error is true"


def _blocks(messages: Sequence[Json]) -> list[Json]:
    return [block for message in messages for block in message["content"]]


def _marks(value: Any) -> int:
    if is_list(value):
        return sum(_marks(item) for item in value)
    if not is_object(value):
        return 0
    return bool(value.get("cache_control")) + sum(_marks(item) for item in value.values())

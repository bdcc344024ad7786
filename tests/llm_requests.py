"""Whether a request is one that its provider's SDK would let through the type checker: unknown fields are refused.

OpenAI's OpenAPI file cannot be reached offline; the request types that its SDK publishes are generated from it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from anthropic.types.message_create_params import MessageCreateParamsStreaming
from openai.types import EmbeddingCreateParams
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming
from pydantic import ConfigDict, TypeAdapter, ValidationError
from tests.llm_anthropic_rules import broken_rules

# Lists, since a TypedDict itself cannot be given a config; a list passes it on to what it holds.
_TYPES: Mapping[str, Any] = {
    "/v1/responses": list[ResponseCreateParamsStreaming],
    "/v1/chat/completions": list[CompletionCreateParamsStreaming],
    "/v1/messages": list[MessageCreateParamsStreaming],
    "/v1/embeddings": list[EmbeddingCreateParams],
}
_TAGS = ("type", "role")
# Fields that servers which imitate OpenAI know beyond its own, taken out before the check.
_IMITATORS = {"reasoning_content", "reasoning"}


@cache
def _adapter(path: str) -> TypeAdapter[Any]:
    return TypeAdapter(_TYPES[path], config=ConfigDict(extra="forbid"))


def mistake_in(path: str, body: Any) -> str | None:
    """What is wrong with the body of a request to this path; None when nothing is."""
    try:
        _read(_adapter(path).validate_python([_own(path, body)]))
    except ValidationError as error:
        return "; ".join(_told(error))
    return "; ".join(broken_rules(body)) or None if path == "/v1/messages" else None


def _own(path: str, body: Any) -> Any:
    if path != "/v1/chat/completions":
        return body
    messages = [
        {name: value for name, value in message.items() if message["role"] != "assistant" or name not in _IMITATORS}
        for message in body.get("messages", [])
    ]
    return body | {"messages": messages}


def _read(value: Any) -> None:
    """Goes through the whole: what a type calls Iterable is checked only while it is read."""
    if isinstance(value, dict):
        _read(list(cast(dict[str, Any], value).values()))
    elif not isinstance(value, str | bytes) and hasattr(value, "__iter__"):
        for item in value:
            _read(item)


def _told(error: ValidationError) -> list[str]:
    """The complaints, of a union only those of the members that are of the right type."""
    found = error.errors(include_url=False, include_input=False)
    others = {each["loc"][:-1] for each in found if each["type"] == "literal_error" and each["loc"][-1] in _TAGS}
    meant = [each for each in found if not any(each["loc"][: len(other)] == other for other in others)]
    return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in (meant or found)[:8]]

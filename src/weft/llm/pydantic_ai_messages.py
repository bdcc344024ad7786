"""Weft's requests as pydantic-ai's: messages, tools and settings."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, cast

from pydantic_ai.messages import (
    BinaryContent,
    DocumentUrl,
    ImageUrl,
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserContent,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from weft.llm import model as weft
from weft.llm.history import facts_of, failed, input_of, output_parts, paired
from weft.llm.media import Media, media_of
from weft.llm.parts import options_for
from weft.llm.vendor import Vendor
from weft.threads.json_values import is_object
from weft.threads.messages import MessageRole, Part

KEY: Final = "pydantic-ai"
"""Under which options for such a model are given, and facts of its answers are kept."""

_FACTS: Final = {"id": "id", "signature": "signature", "providerName": "provider_name", "details": "provider_details"}
Outcome = Literal["success", "failed", "denied"]


def messages_of(request: weft.ModelRequest, vendor: Vendor) -> list[ModelMessage]:
    """The conversation, with the instructions at its last request, where pydantic-ai looks for them.

    Raises:
        ProviderError: a file that cannot be sent.
    """
    told = [_message(message, vendor) for message in paired(request.messages)]
    filled = [message for message in told if message.parts]
    if request.instructions:
        last = next((message for message in reversed(filled) if isinstance(message, ModelRequest)), None)
        if last is None:
            filled.append(last := ModelRequest(parts=[]))
        last.instructions = request.instructions
    return filled


def parameters_of(request: weft.ModelRequest, model: Model) -> ModelRequestParameters:
    """The tools, and the object that is wanted: by the provider's own means where the model has such."""
    tools = [
        ToolDefinition(
            name=tool.name, description=tool.description, parameters_json_schema=tool.input_schema, strict=tool.strict
        )
        for tool in request.tools
    ]
    if request.output is None:
        return ModelRequestParameters(function_tools=tools)
    wanted = request.output
    shape = OutputObjectDefinition(
        wanted.schema or {"type": "object"}, name=wanted.name, description=wanted.description
    )
    native = wanted.schema is not None and model.profile.get("supports_json_schema_output", False)
    mode: Literal["native", "prompted"] = "native" if native else "prompted"
    return ModelRequestParameters(function_tools=tools, output_mode=mode, output_object=shape)


def settings_of(request: weft.ModelRequest) -> ModelSettings:
    """The settings that were given, over them the options under `pydantic-ai`."""
    settings, choice = request.settings, request.tool_choice
    named = choice is not None and choice not in weft.TOOL_CHOICES
    given = {
        "max_tokens": settings.max_output_tokens,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "top_k": settings.top_k,
        "presence_penalty": settings.presence_penalty,
        "frequency_penalty": settings.frequency_penalty,
        "seed": settings.seed,
        "stop_sequences": None if settings.stop_sequences is None else list(settings.stop_sequences),
        "extra_headers": settings.headers or None,
        "max_retries": settings.max_retries,
        "tool_choice": [choice] if named else choice,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    return cast(ModelSettings, chosen | options_for(KEY, settings.provider_options))


def facts(part: TextPart | ThinkingPart | ToolCallPart) -> dict[str, Any] | None:
    """What has to come back with a part when it is sent again."""
    found = {name: getattr(part, field, None) for name, field in _FACTS.items()}
    kept = {name: value for name, value in found.items() if value}
    return {KEY: kept} if kept else None


def _message(message: weft.ModelMessage, vendor: Vendor) -> ModelMessage:
    parts = message.content
    match message.role:
        case MessageRole.ASSISTANT:
            return ModelResponse(parts=[told for part in parts for told in _said(part)])
        case MessageRole.TOOL:
            results: list[ModelRequestPart] = [_result(part, vendor) for part in parts if part["type"] == "tool-result"]
            return ModelRequest(parts=results)
        case MessageRole.SYSTEM:
            texts = [part["text"] for part in parts if part["type"] == "text" and part["text"]]
            return ModelRequest(parts=[SystemPromptPart(text) for text in texts])
        case MessageRole.USER:
            content = [told for part in parts for told in _content(part, vendor)]
            return ModelRequest(parts=[UserPromptPart(content)] if content else [])


def _said(part: Part) -> Iterator[ModelResponsePart]:
    kept = facts_of(part, KEY)
    known: dict[str, Any] = {field: kept[name] for name, field in _FACTS.items() if name in kept}
    match part["type"]:
        case "text" if part["text"]:
            known.pop("signature", None)
            yield TextPart(part["text"], **known)
        case "reasoning" if known.get("provider_name"):
            yield ThinkingPart(part.get("text") or "", **known)
        case "tool-call" if part.get("providerExecuted") is not True:
            known.pop("signature", None)
            yield ToolCallPart(part["toolName"], input_of(part), part["toolCallId"], **known)
        case _:  # reasoning and calls of another provider mean nothing to this one
            return


def _result(part: Part, vendor: Vendor) -> ToolReturnPart:
    content = [told for piece in output_parts(part) for told in _content(piece, vendor)]
    texts: Sequence[str] = [piece for piece in content if isinstance(piece, str)]
    whole: Any = "\n\n".join(texts) if len(texts) == len(content) else content
    return ToolReturnPart(part["toolName"], whole, part["toolCallId"], outcome=_outcome(part))


def _outcome(part: Part) -> Outcome:
    output = part.get("output")
    denied = is_object(output) and output.get("type") == "execution-denied"
    return "denied" if denied else "failed" if failed(part) else "success"


def _content(part: Part, vendor: Vendor) -> Iterator[UserContent]:
    if part["type"] == "text" and part["text"]:
        yield part["text"]
    elif part["type"] in ("image", "file"):
        yield _file(media_of(part, vendor), vendor)


def _file(media: Media, vendor: Vendor) -> UserContent:
    if media.url is not None:
        exact = None if media.media_type.endswith("/*") else media.media_type
        kind = ImageUrl if media.is_image else DocumentUrl
        return kind(media.url, media_type=exact)
    try:
        data = base64.b64decode(media.base64 or "", validate=True)
    except ValueError:
        raise vendor.unsupported("a file whose data is not base64") from None
    return BinaryContent(data, media_type=media.media_type)

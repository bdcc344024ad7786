"""What chat completions are sent: OpenAI's own, or those of a server that speaks them too."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from weft.errors import ProviderError
from weft.llm.history import facts_of, input_of, json_text, output_parts, output_text, paired
from weft.llm.media import Media, held_file, media_of
from weft.llm.model import TOOL_CHOICES, ModelMessage, ModelRequest, ObjectSpec, ToolSpec
from weft.llm.openai_schema import format_name, rooted, strict_form
from weft.llm.openai_sdk import ASKS_FOR_JSON, CHAT, with_last
from weft.llm.parts import options_for, request_body, texts_of, with_options
from weft.threads.messages import MessageRole, Part

_Json = dict[str, Any]
_AUDIO_FORMATS: Final = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/mpeg": "mp3", "audio/mp3": "mp3"}
# Where servers of open models put their thoughts, and some want them back while tools are called.
THOUGHT_FIELDS: Final = ("reasoning_content", "reasoning")


def chat_body(name: str, request: ModelRequest, *, is_openai: bool) -> _Json:
    """The whole body, in an order in which the beginning stays the same from call to call.

    OpenAI refuses the old name `max_tokens`, and most others know only that; other fields of OpenAI's own, such as
    `prompt_cache_key`, are for OpenAI only.
    """
    settings = request.settings
    fields = {
        "model": name,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens" if is_openai else "max_tokens": settings.max_output_tokens,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "presence_penalty": settings.presence_penalty,
        "frequency_penalty": settings.frequency_penalty,
        "seed": settings.seed,
        "stop": settings.stop_sequences and list(settings.stop_sequences),
        "prompt_cache_key": request.cache_key if is_openai else None,
        "response_format": request.output and _format(request.output),
        "tools": [_function(tool) for tool in request.tools] or None,
        "messages": _messages(request),
    }
    body = request_body(fields, settings, CHAT.provider)
    if request.tool_choice is not None and body.get("tools"):
        body.setdefault("tool_choice", _choice(request.tool_choice))
    return with_last(body, "messages")


def _function(tool: ToolSpec) -> _Json:
    function: _Json = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    strict = strict_form(tool.input_schema) if tool.strict else None
    function["parameters"] = strict or rooted(tool.input_schema)
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function} | options_for(CHAT.provider, tool.provider_options)


def _choice(choice: str) -> str | _Json:
    return choice if choice in TOOL_CHOICES else {"type": "function", "function": {"name": choice}}


def _format(output: ObjectSpec) -> _Json:
    if output.schema is None:
        return {"type": "json_object"}
    strict = strict_form(output.schema)
    said = {"description": output.description} if output.description else {}
    schema = {"schema": strict or rooted(output.schema), "strict": strict is not None}
    return {"type": "json_schema", "json_schema": {"name": format_name(output.name), **said, **schema}}


def _messages(request: ModelRequest) -> list[_Json]:
    told: list[_Json] = [{"role": "system", "content": request.instructions}] if request.instructions else []
    if request.output is not None and request.output.schema is None:
        told.append(dict(ASKS_FOR_JSON))
    for message in paired(request.messages):
        told.extend(_told(message))
    return told


def _told(message: ModelMessage) -> Iterable[_Json]:
    match message.role:
        case MessageRole.USER:
            content = _user_content(message.content)
            return [{"role": "user", "content": content}] if content else []
        case MessageRole.SYSTEM:
            text = "\n\n".join(texts_of(message.content))
            return [{"role": "system", "content": text}] if text else []
        case MessageRole.TOOL:
            return _results(message.content)
        case MessageRole.ASSISTANT:
            return _said(message.content)


def _said(content: Sequence[Part]) -> list[_Json]:
    text = "\n\n".join(texts_of(content))
    calls = [_call(part) for part in content if part["type"] == "tool-call" and not part.get("providerExecuted")]
    if not calls:
        return [{"role": "assistant", "content": text}] if text else []
    return [{"role": "assistant", "content": text or None, **_thoughts(content), "tool_calls": calls}]


def _thoughts(content: Sequence[Part]) -> Mapping[str, str]:
    """What the server itself called its thoughts, under the name that it gave them."""
    for name in THOUGHT_FIELDS:
        parts = (part for part in content if part["type"] == "reasoning")
        if thought := "".join(part["text"] for part in parts if facts_of(part, CHAT.provider).get("field") == name):
            return {name: thought}
    return {}


def _call(part: Part) -> _Json:
    function = {"name": part["toolName"], "arguments": json_text(input_of(part))}
    return {"id": part["toolCallId"], "type": "function", "function": function}


def _results(results: Sequence[Part]) -> Iterable[_Json]:
    """A tool's message holds text alone: files come in a user's message, after all the results of the step."""
    files: list[_Json] = []
    for result in results:
        shown = [block for part in output_parts(result) if part["type"] == "file" for block in _shown(part)]
        if shown:
            files += [{"type": "text", "text": f"Files of the result of {result.get('toolName')}:"}, *shown]
        yield {"role": "tool", "tool_call_id": result["toolCallId"], "content": output_text(result)}
    if files:
        yield {"role": "user", "content": files}


def _shown(file: Part) -> list[_Json]:
    """A file of a tool's output; what cannot be shown is said, for a tool's file is no reason to fail."""
    try:
        return [_media_block(file)]
    except ProviderError as error:
        return [{"type": "text", "text": f"[{error.message}]"}]


def _user_content(content: Sequence[Part]) -> str | list[_Json]:
    blocks = [block for part in content if (block := _block(part)) is not None]
    # A lone text goes as a string, the one form that every compatible server understands.
    if len(blocks) == 1 and blocks[0].keys() == {"type", "text"}:
        return str(blocks[0]["text"])
    return blocks


def _block(part: Part) -> _Json | None:
    if part["type"] == "text" and part["text"]:
        block: _Json = {"type": "text", "text": part["text"]}
    elif part["type"] in ("image", "file"):
        block = _media_block(part)
    else:
        return None
    return with_options(block, part, CHAT.provider)


def _media_block(part: Part) -> _Json:
    if (file_id := held_file(part, CHAT)) is not None:
        return {"type": "file", "file": {"file_id": file_id}}
    return _sent(media_of(part, CHAT))


def _sent(media: Media) -> _Json:
    if media.is_image:
        return {"type": "image_url", "image_url": {"url": media.address}}
    if media.url:
        raise CHAT.unsupported("a file by its address; give its data, or use the model as openai:<name>")
    if media.media_type in _AUDIO_FORMATS:
        audio = {"data": media.base64, "format": _AUDIO_FORMATS[media.media_type]}
        return {"type": "input_audio", "input_audio": audio}
    return {"type": "file", "file": {"filename": media.filename or "file", "file_data": media.address}}

"""What Anthropic's Messages API is sent: the whole body of a request, and what of the settings it has no place for."""

from typing import Any, Final

from weft.llm.anthropic_blocks import ANTHROPIC, Block, text_block
from weft.llm.anthropic_cache import DEFAULT_MARK, keep_four, mark
from weft.llm.anthropic_messages import conversation
from weft.llm.anthropic_tools import NO_TOOL, output_format, tool, tool_choice, tools_called
from weft.llm.model import ModelRequest, ModelSettings
from weft.llm.parts import options_for, request_body, unsupported_settings
from weft.threads.json_values import is_list, is_object
from weft.threads.messages import MessageRole

# Every request must say a limit; every model that the API still serves can do this one.
_DEFAULT_MAX_TOKENS: Final = 8192
_UNSUPPORTED: Final = ("temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "seed")
_ANY_OBJECT: Final = "Answer with one JSON object and nothing else: no words before or after it, no Markdown."
_TOO_MANY_MARKS: Final = {
    "type": "unsupported",
    "feature": "cache_control",
    "details": "Anthropic's Messages API takes four cache marks at most; the earliest were left out",
}

Warnings = tuple[dict[str, Any], ...]


def request_of(model: str, request: ModelRequest) -> tuple[dict[str, Any], Warnings]:
    """The body, and a warning for each thing that was asked for and is not in it.

    Of `provider_options["anthropic"]`, `tools` come after the request's own, `output_config` and a `tool_choice`
    without a type are merged with its own, and all other fields but the messages replace its own. `cacheControl` is
    False for a prompt without cache marks of ours, or the mark to set: `{"type": "ephemeral", "ttl": "1h"}`.

    Raises:
        ProviderError: a message holds a file that the API cannot be given.
    """
    options = options_for(ANTHROPIC.provider, request.settings.provider_options)
    body = _body(model, request, options)
    if not body.get("tools") and (called := tools_called(body["messages"])):
        body |= {"tools": called, "tool_choice": NO_TOOL}
    warnings = unsupported_settings(request.settings, "Anthropic's Messages API", *_UNSUPPORTED)
    if keep_four(body):
        warnings = (*warnings, _TOO_MANY_MARKS)
    if (wanted := options.get("cacheControl", DEFAULT_MARK)) is not False:
        mark(body, wanted if is_object(wanted) else DEFAULT_MARK)
    return body, warnings


def _body(model: str, request: ModelRequest, options: dict[str, Any]) -> dict[str, Any]:
    fields = _fields(model, request)
    body = request_body(fields, request.settings, ANTHROPIC.provider) | {"messages": fields["messages"]}
    body.pop("cacheControl", None)
    if is_object(choice := options.get("tool_choice")) and "type" not in choice:
        own = fields["tool_choice"] or {"type": "auto"}
        body["tool_choice"] = own if own == NO_TOOL else own | choice
    # Their lists are ours from here on: marks are set in them.
    return body | {name: list(body[name]) for name in ("tools", "system") if is_list(body.get(name))}


def _fields(model: str, request: ModelRequest) -> dict[str, Any]:
    """The body's fields that the request speaks of."""
    settings, output = request.settings, request.output
    answer = output and output_format(output)
    return {
        "model": model,
        "stream": True,
        "max_tokens": _max_tokens(settings),
        "tools": [tool(spec) for spec in request.tools] or None,
        "tool_choice": tool_choice(request.tool_choice) if request.tools else None,
        "system": _system(request) or None,
        "messages": conversation(request.messages),
        "stop_sequences": list(settings.stop_sequences or ()) or None,
        "output_config": {"format": answer} if answer else None,
    }


def _max_tokens(settings: ModelSettings) -> int:
    """The limit as set, or a default for the answer on top of what it may think."""
    if settings.max_output_tokens is not None:
        return settings.max_output_tokens
    thinking: dict[str, Any] = options_for(ANTHROPIC.provider, settings.provider_options).get("thinking") or {}
    return _DEFAULT_MAX_TOKENS + int(thinking.get("budget_tokens", 0))


def _system(request: ModelRequest) -> list[Block]:
    # System messages go here from wherever in the history they stand: not every model takes them among the others.
    blocks = [{"type": "text", "text": request.instructions}] if request.instructions else []
    for message in request.messages:
        if message.role is MessageRole.SYSTEM:
            blocks += [block for part in message.content if (block := text_block(part)) is not None]
    if request.output is not None and request.output.schema is None:
        blocks.append({"type": "text", "text": _ANY_OBJECT})
    return blocks

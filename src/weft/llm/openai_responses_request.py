"""What OpenAI's Responses API is sent: everything but the history, which `openai_responses_input` writes."""

from collections.abc import Mapping
from typing import Any

from weft.llm.model import TOOL_CHOICES, ModelRequest, ObjectSpec, ToolSpec
from weft.llm.openai_responses_input import input_items
from weft.llm.openai_schema import format_name, rooted, strict_form
from weft.llm.openai_sdk import ASKS_FOR_JSON, OPENAI, with_last
from weft.llm.parts import options_for, request_body


def responses_body(name: str, request: ModelRequest) -> dict[str, Any]:
    """The whole body, in an order in which the beginning stays the same from call to call."""
    settings = request.settings
    stored = options_for(OPENAI.provider, settings.provider_options).get("store") is not False
    fields = {
        "model": name,
        "stream": True,
        "max_output_tokens": settings.max_output_tokens,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "prompt_cache_key": request.cache_key,
        "text": request.output and {"format": _format(request.output)},
        "tools": [_function(tool) for tool in request.tools] or None,
        "instructions": request.instructions,
        "input": [*_told(request.output), *input_items(request.messages, stored=stored)],
    }
    body = request_body(fields, settings, OPENAI.provider)
    if request.tool_choice is not None and body.get("tools"):
        body.setdefault("tool_choice", _choice(request.tool_choice, body["tools"]))
    return with_last(body, "input")


def _told(output: ObjectSpec | None) -> list[dict[str, Any]]:
    return [dict(ASKS_FOR_JSON)] if output is not None and output.schema is None else []


def _function(tool: ToolSpec) -> dict[str, Any]:
    # Left to itself this API rewrites a schema so that optional fields are required and null: tools do not expect that.
    strict = tool.strict is True
    schema = (strict_form(tool.input_schema) if strict else None) or rooted(tool.input_schema)
    function: dict[str, Any] = {"type": "function", "name": tool.name}
    if tool.description:
        function["description"] = tool.description
    return function | {"parameters": schema, "strict": strict} | options_for(OPENAI.provider, tool.provider_options)


def _choice(choice: str, tools: list[Mapping[str, Any]]) -> str | dict[str, Any]:
    if any(tool.get("name") == choice for tool in tools):
        return {"type": "function", "name": choice}
    return choice if choice in TOOL_CHOICES else {"type": choice}


def _format(output: ObjectSpec) -> dict[str, Any]:
    if output.schema is None:
        return {"type": "json_object"}
    strict = strict_form(output.schema)
    said = {"description": output.description} if output.description else {}
    schema = {"schema": strict or rooted(output.schema), "strict": strict is not None}
    return {"type": "json_schema", "name": format_name(output.name), **said, **schema}

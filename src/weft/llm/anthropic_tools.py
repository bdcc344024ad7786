"""Tools, tool choices and schemas as Anthropic's Messages API takes them."""

from collections.abc import Sequence
from typing import Any, Final

import anthropic

from weft.llm.anthropic_blocks import with_own_options
from weft.llm.model import ObjectSpec, ToolSpec

_CHOICES: Final = {"auto": "auto", "none": "none", "required": "any"}
NO_TOOL: Final = {"type": "none"}


def tool(spec: ToolSpec) -> dict[str, Any]:
    """A tool that the API does not run itself; its options for this provider are fields of it."""
    schema = supported(spec.input_schema) if spec.strict else spec.input_schema
    told = {
        "name": spec.name,
        "description": spec.description,
        "input_schema": schema if "type" in schema else {"type": "object", **schema},
        "strict": spec.strict,
    }
    given = {name: value for name, value in told.items() if value is not None}
    return with_own_options(given, {"type": "tool", "providerOptions": spec.provider_options})


def tool_choice(wanted: str | None) -> dict[str, Any] | None:
    """One of TOOL_CHOICES or a tool's name, in the API's form."""
    if wanted is None:
        return None
    return {"type": _CHOICES[wanted]} if wanted in _CHOICES else {"type": "tool", "name": wanted}


def tools_called(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tools of which the conversation holds calls: the API refuses calls where it was told of no tool."""
    blocks = (block for message in messages for block in message["content"])
    names = sorted({block["name"] for block in blocks if block["type"] == "tool_use"})
    return [{"name": name, "input_schema": {"type": "object"}} for name in names]


def output_format(spec: ObjectSpec) -> dict[str, Any] | None:
    """How the answer is to look; None when any object will do, which the API cannot be asked for."""
    if spec.schema is None:
        return None
    described = {"description": spec.description} if spec.description else {}
    return {"type": "json_schema", "schema": supported(described | spec.schema)}


def supported(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema in the part of JSON Schema that the API can enforce; what is beyond goes into the descriptions.

    A schema that cannot be put so is returned as it is: the API's refusal says what is wrong with it.
    """
    try:
        return anthropic.transform_schema(schema)
    except (ValueError, TypeError, AttributeError, AssertionError):
        return schema

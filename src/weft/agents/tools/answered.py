"""Tools that nobody runs: a person or the client answers the call, with `submitToolResult`."""

from typing import Any, Final, Unpack

from pydantic import BaseModel

from weft.agents.tools.definition import Tool
from weft.agents.tools.options import AnsweredOptions, known_options
from weft.agents.tools.schemas import Input, input_of_model, input_of_schema
from weft.errors import ConfigError

_ASK: Final = "Ask a person, who answers when they can. Use it for what only a person can know or decide."
_QUESTION: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"question": {"type": "string", "description": "What the person is asked, in full."}},
    "required": ["question"],
    "additionalProperties": False,
}
_NOTHING: Final[dict[str, Any]] = {"type": "object", "properties": {}, "additionalProperties": False}


def client_tool(
    name: str,
    description: str | None = None,
    *,
    input_schema: type[BaseModel] | dict[str, Any] | None = None,
    **options: Unpack[AnsweredOptions],
) -> Tool:
    """A tool of the client's: something that its screen or device does or knows. See `AnsweredOptions`.

    Args:
        name: What the model calls it.
        description: What the model is told that it is for.
        input_schema: What the model fills in: a pydantic model or a JSON Schema; nothing when it is left out.
        **options: The rest.

    Raises:
        ConfigError: the name or the schema cannot be, or an option is wrong.
    """
    given = known_options(options, AnsweredOptions, "client_tool")
    found = _input(name, _NOTHING if input_schema is None else input_schema)
    return Tool(name, description, found.schema, found.parse, **given)


def human_tool(
    name: str = "ask_human",
    description: str | None = _ASK,
    *,
    input_schema: type[BaseModel] | dict[str, Any] = _QUESTION,
    **options: Unpack[AnsweredOptions],
) -> Tool:
    """A tool that is a person: the model asks a question and goes on when it has been answered. See `client_tool`."""
    return client_tool(name, description, input_schema=input_schema, **options)


def _input(name: str, given: object) -> Input:
    if isinstance(given, type) and issubclass(given, BaseModel):
        return input_of_model(name, given)
    if isinstance(given, dict):
        return input_of_schema(name, given)  # pyright: ignore[reportUnknownArgumentType]
    raise ConfigError(f"input_schema of tool {name} is {given!r:.80}; give a pydantic model or a JSON Schema")

"""What a model wrote as a call's input becomes the checked value, or an error from which the model can do better."""

import logging
from collections.abc import Iterable
from typing import Any, Final

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from weft.agents.tools.definition import Tool
from weft.agents.tools.values import json_value, whole_characters
from weft.threads.json_values import is_object

MAX_INPUT_BYTES: Final = 1024 * 1024
_MOST_MISTAKES: Final = 8
_MOST_CHARACTERS: Final = 2000
_LOG: Final = logging.getLogger(__name__)


class ToolInputError(ValueError):
    """The input does not fit the tool. The message is for the model: it begins with "Error: " and names fields."""


def checked_input(tool: Tool, text: str) -> Any:
    """What the tool's function is given, from the JSON text that the model wrote; none at all counts as `{}`.

    Raises:
        ToolInputError: it is no JSON, no object, too large, or does not fit the tool's schema.
    """
    given = _object(tool.name, text)
    try:
        return tool.parse(given)
    except ValidationError as error:
        raise _refusal(tool.name, "; ".join(_mistakes(error, tool))) from None
    except ValueError as error:
        raise _refusal(tool.name, str(error)) from None
    except Exception as error:
        _LOG.warning(
            "the input of a tool could not be checked", extra={"tool": tool.name, "error": type(error).__name__}
        )
        raise _refusal(tool.name, "it could not be checked") from error


def written_input(text: str) -> Any:
    """The model's text as what is stored of a call: its JSON, or the text as it is when it is none or too deep.

    MongoDB can hold whatever comes of it: models do write halves of characters, names with a NUL, endless numbers.
    """
    whole = whole_characters(text)
    try:
        return json_value(orjson.loads(whole)) if whole.strip() else {}
    except ValueError:
        return whole[:MAX_INPUT_BYTES]


def _object(name: str, text: str) -> dict[str, Any]:
    if len(text) > MAX_INPUT_BYTES:
        raise _refusal(name, f"it has {len(text):,} characters; the limit is {MAX_INPUT_BYTES:,}")
    try:
        given: Any = orjson.loads(whole_characters(text)) if text.strip() else {}
    except ValueError as error:
        raise _refusal(name, f"it is not JSON: {error}. Call the tool again with one whole JSON object") from None
    if not is_object(given):
        raise _refusal(name, "it is not a JSON object. Call the tool again with one that has the fields of the schema")
    return given


def _refusal(name: str, problem: str) -> ToolInputError:
    message = f"Error: the input of {name} is wrong: {problem}"
    return ToolInputError(message if len(message) <= _MOST_CHARACTERS else message[: _MOST_CHARACTERS - 1] + "…")


def _mistakes(error: ValidationError, tool: Tool) -> Iterable[str]:
    found = error.errors(include_url=False, include_context=False)
    for mistake in found[:_MOST_MISTAKES]:
        where = ".".join(map(str, mistake["loc"]))
        what = _what(mistake, tool)
        yield f"{where}: {what}" if where else what
    if len(found) > _MOST_MISTAKES:
        yield f"and {len(found) - _MOST_MISTAKES} more"


def _what(mistake: ErrorDetails, tool: Tool) -> str:
    if mistake["type"] == "missing":
        return "this field is required"
    if mistake["type"] == "extra_forbidden":
        known = ", ".join(tool.input_schema.get("properties", ())) if len(mistake["loc"]) == 1 else ""
        return f"there is no such field; there are: {known}" if known else "there is no such field"
    return f"{mistake['msg']} (given {_shown(mistake['input'])})"


def _shown(value: Any) -> str:
    try:
        text = orjson.dumps(value).decode()
    except TypeError:
        text = type(value).__name__
    return text if len(text) <= 80 else text[:79] + "…"

"""What a tool gave, in the form in which it is stored and shown to the model: `{"type": "text", "value": …}`."""

import logging
import traceback
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from weft.agents.tools.values import json_value, whole_characters
from weft.threads.forms_tools import Output
from weft.threads.messages import Part

MAX_ERROR_CHARACTERS: Final = 2000
_MOST_PLACES: Final = 20

_LOG: Final = logging.getLogger(__name__)
_FORM: Final[TypeAdapter[Any]] = TypeAdapter(Output)


def output_of(value: Any) -> Part:
    """Text as text, anything else as JSON. Raises ValueError when it cannot be stored."""
    made = json_value(value)
    return {"type": "text" if isinstance(made, str) else "json", "value": made}


def shaped_output(make: Callable[[Any], Part], value: Any) -> Part:
    """What the tool's own `to_model_output` makes of its result.

    Raises:
        ValueError: that is no output, or cannot be stored.
        Exception: whatever the function raises.
    """
    made = json_value(make(value))
    try:
        _FORM.validate_python(made)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"] if not str(step).startswith("\0"))
        message = first["msg"].replace("\0", "")
        raise ValueError(f"to_model_output gave no output, {where or 'type'}: {message}") from None
    output: Part = made
    return output


def error_output(message: str) -> Part:
    """A failure as the model is told of it, cut to a length that it can bear."""
    told = f"Error: {whole_characters(message).strip() or 'the tool failed'}"
    cut = told if len(told) <= MAX_ERROR_CHARACTERS else told[: MAX_ERROR_CHARACTERS - 1] + "…"
    return {"type": "error-text", "value": cut}


def failure_output(error: BaseException, name: str, what: str = "a tool failed") -> Part:
    """A tool's own exception as an output. The log gets where it came from, but not its words: they may be secret."""
    kind = type(error).__name__
    _LOG.error(what, extra={"tool": name, "error_id": uuid4().hex, "error": kind, "raised_at": _places(error)})
    return error_output(message_of(error))


def message_of(error: BaseException) -> str:
    """What an exception says, or its type when it says nothing or cannot."""
    try:
        said = str(error)
    except BaseException:
        said = ""
    kind = type(error).__name__
    return said if said and isinstance(error, Exception) else f"{kind}: {said}" if said else kind


def _places(error: BaseException) -> list[str]:
    """The traceback without the words of the exception, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_PLACES:]
    return [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]

"""Answers that are one JSON value: what the provider is asked for, what is shown meanwhile, and the check at the end.

An array or an enumeration is asked for inside an object, for providers only promise objects (behaviour.md row 70).
"""

from collections.abc import Iterator
from typing import Any, Final

import jsonschema
import orjson
from jsonschema.exceptions import ValidationError
from pydantic_core import from_json

from weft.errors import ErrorCode, GenerationFailed
from weft.llm.model import ObjectSpec
from weft.threads.generations import ObjectKind, ObjectOptions
from weft.threads.json_values import is_object
from weft.threads.streams import Chunk

PART_NAME: Final = "object"
"""Name and id of the data part that holds the object."""

_UNPARSED: Final = "No object generated: could not parse the response."
_NO_MATCH: Final = "No object generated: response did not match schema."


def spec_of(options: ObjectOptions) -> ObjectSpec:
    """What the provider is asked for."""
    match options.kind:
        case ObjectKind.ARRAY:
            return ObjectSpec(_wrapped("elements", {"type": "array", "items": options.schema}))
        case ObjectKind.ENUM:
            return ObjectSpec(_wrapped("result", {"type": "string", "enum": list(options.schema)}))
        case _:
            return ObjectSpec(options.schema)


def _wrapped(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema as a field's. Its definitions go to the top, where references into them look for them."""
    wrapped: dict[str, Any] = {
        "type": "object",
        "properties": {name: schema},
        "required": [name],
        "additionalProperties": False,
    }
    items = schema.get("items")
    if is_object(items):
        tops: dict[str, Any] = {key: items[key] for key in ("$defs", "definitions") if key in items}
        inner = {key: value for key, value in items.items() if key not in tops}
        wrapped |= {"properties": {name: {**schema, "items": inner}}} | tops
    return wrapped


class ObjectText:
    """The answer's text as it comes. It is read again only after it has grown by a part of itself: linear in all."""

    def __init__(self, options: ObjectOptions) -> None:
        self._options = options
        self._pieces: list[str] = []
        self._length = 0
        self._read_at = 1
        self._shown: Any = None

    def grow(self, text: str) -> Iterator[Chunk]:
        """Takes more text; a chunk when there is more of the object to show."""
        self._pieces.append(text)
        self._length += len(text)
        if self._length < self._read_at:
            return
        self._read_at = self._length + max(8, self._length // 16)
        value = _unwrapped(self._options.kind, self._partly())
        if value is not None and value != self._shown:
            self._shown = value
            yield object_chunk(value)

    def _partly(self) -> Any:
        try:
            return from_json("".join(self._pieces), allow_partial="trailing-strings")
        except ValueError:
            return None

    def value(self) -> Any:
        """The whole object.

        Raises:
            GenerationFailed: OBJECT_INVALID: it is not JSON, or not of the schema.
        """
        try:
            found = orjson.loads(_unfenced("".join(self._pieces)))
        except orjson.JSONDecodeError:
            raise GenerationFailed(_UNPARSED, reason=ErrorCode.OBJECT_INVALID) from None
        schema = spec_of(self._options).schema
        try:
            if schema is not None:
                jsonschema.validate(found, schema, cls=jsonschema.Draft202012Validator)
        except ValidationError as error:
            message = f"{_NO_MATCH} {error.json_path}: {error.message:.200}"
            raise GenerationFailed(message, reason=ErrorCode.OBJECT_INVALID) from None
        return _unwrapped(self._options.kind, found)


def object_chunk(value: Any) -> Chunk:
    return {"type": f"data-{PART_NAME}", "id": PART_NAME, "data": value}


def _unwrapped(kind: ObjectKind, found: Any) -> Any:
    if kind is ObjectKind.ARRAY:
        return found.get("elements") if is_object(found) else None
    if kind is ObjectKind.ENUM:
        return found.get("result") if is_object(found) else None
    return found


def _unfenced(text: str) -> str:
    """Without the Markdown fence that models without a JSON mode like to put around it."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```"):
        return text.strip("`").removeprefix("json").strip()
    return text

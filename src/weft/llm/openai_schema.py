"""The part of JSON Schema that OpenAI can hold a model to ("strict"): a schema is brought into it, or it is not strict.

What is valid under the strict form is valid under the schema: fields are closed, nothing is made optional or nullable.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from weft.threads.json_values import is_list, is_object

_LIMITS: Final = ("multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems")
_KEPT: Final = frozenset(("type", "enum", "const", "description", "title", "pattern", "format", "required", *_LIMITS))
# They say nothing about what is valid.
_DROPPED: Final = frozenset(
    ("default", "examples", "$schema", "$id", "$comment", "deprecated", "readOnly", "writeOnly")
)
_FORMATS: Final = frozenset(("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"))
_LONGEST_NAME: Final = 64


class _LooseError(Exception):
    """The schema says what strict mode cannot."""


def rooted(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with an object at its root, where a reference stood there: pydantic writes recursive models so."""
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    kind, _, name = reference.removeprefix("#/").partition("/")
    definitions = schema.get(kind)
    target = definitions.get(name) if is_object(definitions) else None
    return {**target, kind: definitions} if is_object(target) else schema


def strict_form(schema: dict[str, Any]) -> dict[str, Any] | None:
    """The schema as strict mode wants it; None where it cannot be said there."""
    schema = rooted(schema)
    if schema.get("type") != "object" or "anyOf" in schema:
        return None
    try:
        return _strict(schema)
    except _LooseError:
        return None


def format_name(name: str) -> str:
    """A name as OpenAI lets a schema have it."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", name)[:_LONGEST_NAME] or "answer"


def _strict(schema: object) -> dict[str, Any]:
    if not is_object(schema):
        raise _LooseError
    if "$ref" in schema:
        if schema.keys() - _DROPPED - {"$ref", "description", "title"}:
            raise _LooseError
        return {"$ref": schema["$ref"]}
    strict = {name: told for name, value in schema.items() if (told := _field(name, value)) is not None}
    if _is_object_type(schema):
        _check_object(schema)
        strict.setdefault("properties", {})
        strict["required"] = list(strict["properties"])
        strict["additionalProperties"] = False
    return strict


def _field(name: str, value: Any) -> Any:
    match name:
        case "properties" | "$defs" | "definitions" if is_object(value):
            return {key: _strict(inner) for key, inner in value.items()}
        case "items":
            return _strict(value)
        case "anyOf" if is_list(value):
            return [_strict(inner) for inner in value]
        case "format" if value not in _FORMATS:
            raise _LooseError
        case "additionalProperties":
            return None
        case _ if name in _KEPT:
            return value
        case _ if name in _DROPPED:
            return None
        case _:
            raise _LooseError


def _is_object_type(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return "properties" in schema or kind == "object" or (is_list(kind) and "object" in kind)


def _check_object(schema: Mapping[str, Any]) -> None:
    """Strict mode knows neither optional fields nor fields of any name."""
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not is_object(properties) or not is_list(required) or set(properties) - set(required):
        raise _LooseError
    if schema.get("additionalProperties", False) is not False:
        raise _LooseError

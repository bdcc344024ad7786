"""A JSON Schema without references, where that is simple: models and providers read it better so."""

from typing import Any, Final

import orjson

from weft.threads.json_values import is_list, is_object

MOST_BYTES: Final = 32 * 1024
_DEFINITIONS: Final = "#/$defs/"


class _TooMuchError(Exception):
    """The schema refers to itself, or grows out of size."""


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its definitions put in place; as it is when it is recursive or would be over MOST_BYTES."""
    rest = {name: value for name, value in schema.items() if name != "$defs"}
    try:
        made = _Inliner(schema.get("$defs", {})).schema(rest, ())
    except _TooMuchError:
        return schema
    return made if len(orjson.dumps(made)) <= MOST_BYTES else schema


class _Inliner:
    def __init__(self, definitions: dict[str, Any]) -> None:
        self._definitions = definitions
        self._left = MOST_BYTES

    def schema(self, node: dict[str, Any], within: tuple[str, ...]) -> dict[str, Any]:
        self._left -= 1
        name = node.get("$ref")
        if self._left < 0 or name in within:
            raise _TooMuchError
        # What OpenAPI says about alternatives names the definitions, which are gone.
        own = {key: value for key, value in node.items() if key != "$ref" and not _is_discriminator(key, value)}
        made = {key: self._value(key, value, within) for key, value in own.items()}
        if not isinstance(name, str) or not name.startswith(_DEFINITIONS):
            return {**made, "$ref": name} if "$ref" in node else made
        found = self._definitions[name.removeprefix(_DEFINITIONS)]
        return {**self.schema(found, (*within, name)), **made}

    def _value(self, key: str, value: Any, within: tuple[str, ...]) -> Any:
        if key in ("default", "const", "enum", "examples"):
            return value
        if key in ("properties", "patternProperties") and is_object(value):
            return {name: self._any(item, within) for name, item in value.items()}
        return self._any(value, within)

    def _any(self, value: Any, within: tuple[str, ...]) -> Any:
        if is_object(value):
            return self.schema(value, within)
        return [self._any(item, within) for item in value] if is_list(value) else value


def _is_discriminator(key: str, value: Any) -> bool:
    return key == "discriminator" and is_object(value) and "propertyName" in value

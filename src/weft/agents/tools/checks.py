"""What a tool must be before any model is told of it: mistakes are found where the tool is written."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import orjson
from jsonschema import Draft202012Validator, SchemaError

from weft.errors import ConfigError
from weft.llm.model import TOOL_CHOICES
from weft.threads.json_values import is_list, is_object

MAX_SCHEMA_BYTES: Final = 256 * 1024
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")


def check_tool(name: str, schema: dict[str, Any], timeout: float, expires: timedelta | None) -> None:
    """Raises ConfigError when one of them cannot be."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r:.80} cannot name a tool; give 1 to 64 of the characters a-z A-Z 0-9 _ -")
    if name in TOOL_CHOICES:
        raise ConfigError(f"a tool cannot be named {name!r}, for that is a tool choice; give another name")
    if not 0 < timeout < float("inf"):
        raise ConfigError(f"timeout of tool {name} is {timeout}; give a number of seconds above 0")
    if expires is not None and expires <= timedelta():
        raise ConfigError(f"approval_expires of tool {name} is {expires}; give a time above 0")
    check_schema(name, schema)


def check_schema(name: str, schema: Any) -> None:
    """Raises ConfigError when it is not the JSON Schema of an object, or is not whole by itself."""
    if not is_object(schema) or schema.get("type") != "object":
        raise ConfigError(f'the input schema of tool {name} is not that of an object; it begins {{"type": "object"')
    try:
        size = len(orjson.dumps(schema))
        Draft202012Validator.check_schema(schema)
    except TypeError:
        raise ConfigError(f"the input schema of tool {name} cannot be written as JSON") from None
    except SchemaError as error:
        where = ".".join(map(str, error.absolute_path)) or "schema"
        raise ConfigError(f"the input schema of tool {name} is no JSON Schema: {where}: {error.message:.300}") from None
    if size > MAX_SCHEMA_BYTES:
        raise ConfigError(f"the input schema of tool {name} has {size:,} bytes; the limit is {MAX_SCHEMA_BYTES:,}")
    for reference in _references(schema):
        if not reference.startswith("#"):
            raise ConfigError(f"the input schema of tool {name} refers to {reference!r:.200}; put it into the schema")


def _references(value: Any) -> Iterator[str]:
    if is_object(value):
        for name, item in value.items():
            if name in _REFERENCES and isinstance(item, str):
                yield item
            yield from _references(item)
    elif is_list(value):
        for item in value:
            yield from _references(item)

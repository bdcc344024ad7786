"""Whether an object can be asked for: its schema is one, and the call names no tools."""

from collections.abc import Callable
from typing import Any, Final

from jsonschema import Draft202012Validator, SchemaError
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from weft.agents.limits import check_json
from weft.errors import ErrorCode, InputError
from weft.threads.generations import GenerationOptions, ObjectKind, ObjectOptions
from weft.threads.json_values import is_list, is_object

MAX_SCHEMA_BYTES: Final = 256 * 1024

_SCHEMA: Final = ("input", "schema")
_LookUp = Callable[[str], object]


def check_object(asked: ObjectOptions, options: GenerationOptions) -> None:
    """Holds the schema against its kind.

    Raises:
        InputError: the schema is missing, superfluous or not JSON Schema, or the call names tools.
    """
    for name, given in (("tools", options.tools), ("toolChoice", options.tool_choice)):
        if given is not None:
            raise InputError(f"an object is made without tools; leave {name} out", path=("input", "options", name))
    match asked.kind:
        case ObjectKind.NO_SCHEMA:
            if asked.schema is not None:
                raise InputError("with output NO_SCHEMA there is no schema; leave it out", path=_SCHEMA)
        case ObjectKind.ENUM:
            _check_enum(asked.schema)
        case ObjectKind.OBJECT | ObjectKind.ARRAY:
            _check_schema(asked.schema, of_object=asked.kind is ObjectKind.OBJECT)


def _check_enum(values: Any) -> None:
    given = values if is_list(values) else ()
    texts = {value for value in given if isinstance(value, str) and value}
    if not given or len(texts) < len(given):
        raise InputError("with output ENUM the schema is the list of the values: different texts", path=_SCHEMA)
    check_json(values, MAX_SCHEMA_BYTES, *_SCHEMA)


def _check_schema(schema: Any, *, of_object: bool) -> None:
    if not is_object(schema):
        raise InputError("give the JSON Schema of what is to be made, a JSON object", path=_SCHEMA)
    check_json(schema, MAX_SCHEMA_BYTES, *_SCHEMA)
    if of_object and schema.get("type", "object") != "object":
        message = "with output OBJECT the schema's type is object; for a list use ARRAY with the schema of its elements"
        raise InputError(message, path=(*_SCHEMA, "type"))
    if not isinstance(schema.get("$schema", ""), str):
        raise InputError("$schema is the address of a JSON Schema dialect", path=(*_SCHEMA, "$schema"))
    try:
        validator_for(schema, default=Draft202012Validator).check_schema(schema)
        root = Registry[Any]().resolver_with_root(DRAFT202012.create_resource(schema))
        _check_references(schema, root.lookup)
    except SchemaError as error:
        where = (str(step) for step in error.absolute_path)
        raise InputError(f"the schema is not JSON Schema: {error.message:.300}", path=(*_SCHEMA, *where)) from None
    except RecursionError:
        raise InputError("the schema is nested too deeply", reason=ErrorCode.TOO_LARGE, path=_SCHEMA) from None


def _check_references(value: Any, look_up: _LookUp) -> None:
    """A schema that refers to an address would have the server fetch it; one that is not there fails every answer."""
    if is_list(value):
        for item in value:
            _check_references(item, look_up)
    elif is_object(value):
        for name, item in value.items():
            if name in ("$ref", "$dynamicRef") and isinstance(item, str) and not _is_inside(item, look_up):
                message = f"the schema refers to {item!r:.100}, which is not in it; write #/$defs/name"
                raise InputError(message, path=_SCHEMA)
            _check_references(item, look_up)


def _is_inside(reference: str, look_up: _LookUp) -> bool:
    try:
        look_up(reference)
    except (Unresolvable, ValueError, TypeError):
        return False
    return reference.startswith("#")

"""Inputs: their JSON Schema, and the function that checks a value and makes of it what the tool's function is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter
from typing import Annotated, Any, Final, get_args, get_origin

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaWarningKind
from referencing import Registry

from weft.agents.tools.checks import check_schema
from weft.agents.tools.inlining import inlined
from weft.errors import ConfigError

_MOST_MISTAKES: Final = 8


@dataclass(frozen=True, slots=True)
class Input:
    """`parse` makes a dict of the values by name, or raises ValueError with a message for the model."""

    schema: dict[str, Any]
    parse: Callable[[Any], dict[str, Any]]


def input_of_parameters(tool: str, parameters: Mapping[str, Parameter], described: Mapping[str, str]) -> Input:
    """One property a parameter. A single parameter whose type is a pydantic model is the whole input.

    Raises:
        ConfigError: a type has no JSON Schema.
    """
    [*names] = parameters
    if len(names) == 1 and (whole := _model_of(parameters[names[0]])) is not None:
        return Input(_schema(tool, whole), lambda given: {names[0]: _validated(whole, given)})
    fields: dict[str, Any] = {f"p{at}": _field(parameters[name], described) for at, name in enumerate(names)}
    try:
        model = create_model(tool, __config__=ConfigDict(extra="forbid"), **fields)
    except (PydanticUserError, TypeError, ValueError) as error:
        raise _no_schema(tool, error) from None

    def parse(given: Any) -> dict[str, Any]:
        made = _validated(model, given)
        return {name: getattr(made, f"p{at}") for at, name in enumerate(names)}

    return Input(_schema(tool, model), parse)


def input_of_model(tool: str, model: type[BaseModel]) -> Input:
    """The model's fields by name. Raises ConfigError when it has no JSON Schema of an object."""
    return Input(_schema(tool, model), lambda given: dict(_validated(model, given)))


def input_of_schema(tool: str, schema: dict[str, Any]) -> Input:
    """The value as it is, held against the schema. Raises ConfigError when that is no JSON Schema of an object."""
    check_schema(tool, schema)
    # An own registry: what a reference leads to is never fetched.
    validator: Any = Draft202012Validator(schema, registry=Registry())

    def parse(given: Any) -> dict[str, Any]:
        try:
            found = sorted(validator.iter_errors(given), key=lambda mistake: list(map(str, mistake.absolute_path)))
        except Exception as error:
            raise ValueError(f"it could not be held against the tool's schema: {type(error).__name__}") from error
        if found:
            raise ValueError("; ".join(_told(mistake) for mistake in found[:_MOST_MISTAKES]))
        checked: dict[str, Any] = given
        return checked

    return Input(schema, parse)


class _Plain(GenerateJsonSchema):
    """Without the titles that pydantic makes of the names: they tell a model nothing."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012  the base class's field

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def emit_warning(self, kind: JsonSchemaWarningKind, detail: str) -> None:
        """A default that is no JSON is left out."""


def _schema(tool: str, model: type[BaseModel]) -> dict[str, Any]:
    try:
        schema = model.model_json_schema(schema_generator=_Plain)
    except (PydanticUserError, TypeError, ValueError) as error:
        raise _no_schema(tool, error) from None
    plain = _opened(inlined(schema))
    plain.pop("title", None)
    if plain.get("type") == "object":
        plain.setdefault("properties", {})
        plain.setdefault("additionalProperties", False)
    check_schema(tool, plain)
    return plain


def _opened(schema: dict[str, Any]) -> dict[str, Any]:
    """A recursive model is a reference to itself; its fields belong to the front."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name not in schema.get("$defs", {}):
        return schema
    return {**schema["$defs"][name], **{key: value for key, value in schema.items() if key != "$ref"}}


def _no_schema(tool: str, error: Exception) -> ConfigError:
    message = str(error).partition("\n")[0]
    return ConfigError(f"tool {tool}: a type has no JSON Schema ({message:.300}); use one that pydantic knows")


def _validated(model: type[BaseModel], given: Any) -> BaseModel:
    """As JSON: text may be a date, which strict models take from nothing else."""
    return model.model_validate_json(orjson.dumps(given))


def _model_of(parameter: Parameter) -> type[BaseModel] | None:
    kind = parameter.annotation
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    required = parameter.default is Parameter.empty
    return kind if required and isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _field(parameter: Parameter, described: Mapping[str, str]) -> tuple[Any, Any]:
    """The fields have names of their own, so that a parameter may have any: `schema`, `copy`, `_x`."""
    extras = get_args(parameter.annotation)[1:] if get_origin(parameter.annotation) is Annotated else ()
    text = next((extra for extra in extras if isinstance(extra, str)), None)
    written = [extra for extra in (*extras, parameter.default) if isinstance(extra, FieldInfo) and extra.description]
    if text is None and not written:
        text = described.get(parameter.name)
    named: Any = Field(alias=parameter.name, validation_alias=parameter.name)
    told: tuple[Any, ...] = () if text is None else (Field(description=text),)
    annotation: Any = Annotated[(parameter.annotation, named, *told)]
    return annotation, ... if parameter.default is Parameter.empty else parameter.default


def _told(mistake: ValidationError) -> str:
    where = ".".join(map(str, mistake.absolute_path))
    return f"{where}: {mistake.message:.200}" if where else f"{mistake.message:.200}"

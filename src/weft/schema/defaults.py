"""Keeps the schema to what it means: what may be left out is nullable, and says no `= null` besides.

A default of `true` in `UNWRITTEN` is what callers are told; whether they wrote it themselves can be told apart.
"""

from collections.abc import Iterator
from typing import Final

import strawberry
from graphql import GraphQLArgument, GraphQLInputField, Undefined
from graphql.type import is_input_object_type, is_interface_type, is_object_type

UNWRITTEN: Final = (("SearchMessagesInput", "vectorSearch"),)
_TRUE: Final = 1
"""What graphql-core prints as `true`, and hands on as it is."""


def drop_null_defaults(schema: strawberry.Schema) -> None:
    """Takes away every default of null. What a caller leaves out then has its Python default: None."""
    for value in _arguments_and_input_fields(schema):
        if value.default_value is None:
            value.default_value = Undefined


def mark_unwritten(schema: strawberry.Schema) -> None:
    """What a caller leaves out of these fields then is `is_unwritten`."""
    for type_name, field in UNWRITTEN:
        type_ = schema.schema_converter.type_map[type_name].implementation
        assert is_input_object_type(type_)
        type_.fields[field].default_value = _TRUE


def is_unwritten(value: bool | None) -> bool:
    """Whether the caller did not write this value of a field: left out, it is 1, which is not True."""
    return value is not None and value is not True and value is not False


def _arguments_and_input_fields(schema: strawberry.Schema) -> Iterator[GraphQLArgument | GraphQLInputField]:
    for concrete in schema.schema_converter.type_map.values():
        type_ = concrete.implementation
        if is_input_object_type(type_):
            yield from type_.fields.values()
        elif is_object_type(type_) or is_interface_type(type_):
            for field in type_.fields.values():
                yield from field.args.values()

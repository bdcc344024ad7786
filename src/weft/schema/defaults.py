"""Keeps the schema to what it means: what may be left out is nullable, and says no `= null` besides."""

from collections.abc import Iterator

import strawberry
from graphql import GraphQLArgument, GraphQLInputField, Undefined
from graphql.type import is_input_object_type, is_interface_type, is_object_type


def drop_null_defaults(schema: strawberry.Schema) -> None:
    """Takes away every default of null. What a caller leaves out then has its Python default: None."""
    for value in _arguments_and_input_fields(schema):
        if value.default_value is None:
            value.default_value = Undefined


def _arguments_and_input_fields(schema: strawberry.Schema) -> Iterator[GraphQLArgument | GraphQLInputField]:
    for concrete in schema.schema_converter.type_map.values():
        type_ = concrete.implementation
        if is_input_object_type(type_):
            yield from type_.fields.values()
        elif is_object_type(type_) or is_interface_type(type_):
            for field in type_.fields.values():
                yield from field.args.values()

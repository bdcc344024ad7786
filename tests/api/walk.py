"""Documents that ask for everything the schema has, made from the schema: what is new in it is asked for at once."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)

from weft.resolvers.root import schema as served

SCHEMA: Final[Any] = served._schema  # pyright: ignore[reportPrivateUsage]
_named: Final[Any] = get_named_type
DEPTH: Final = 3
PAGING: Final = {"after", "before", "last"}
"""Cursors have a test of their own."""


def roots(kind: str) -> dict[str, Any]:
    """The fields of Query, Mutation or Subscription."""
    return dict(SCHEMA.get_type(kind).fields)


def document(kind: str, name: str, values: Mapping[str, Any], *, without: Collection[str] = ()) -> str:
    """An operation with this root field, all its arguments but optional ones of `without`, and everything below it."""
    field = roots({"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}[kind])[name]
    given = [
        f"{argument}: {_literal(declared.type, argument, values, without)}"
        for argument, declared in field.args.items()
        if _is(declared.type, GraphQLNonNull) or argument not in {*PAGING, *without}
    ]
    return f"{kind} {{ {name}{_arguments(given)} {selection(field.type)} }}"


def selection(type_: Any, depth: int = DEPTH) -> str:
    """Everything of a type, to a depth, by the arguments' defaults."""
    named = _named(type_)
    if _is(named, GraphQLUnionType, GraphQLInterfaceType):
        kinds = " ".join(f"... on {each.name} {selection(each, depth)}" for each in SCHEMA.get_possible_types(named))
        return f"{{ __typename {kinds} }}"
    if not _is(named, GraphQLObjectType):
        return ""
    return f"{{ __typename {' '.join(_fields(named, depth))} }}"


def _fields(type_: Any, depth: int) -> Iterator[str]:
    for name, field in type_.fields.items():
        inside = _named(field.type)
        required = [each for each, declared in field.args.items() if _is(declared.type, GraphQLNonNull)]
        given = _arguments([f"{each}: 0" for each in required])
        if _is(inside, GraphQLObjectType, GraphQLUnionType, GraphQLInterfaceType):
            if depth > 0:
                yield f"{type_.name}_{name}: {name}{given} {selection(inside, depth - 1)}"
        else:
            yield f"{type_.name}_{name}: {name}{given}"


def _is(value: Any, *kinds: type) -> bool:
    """`isinstance`, of which type checkers conclude nothing: graphql-core's types are generic in ways they lose."""
    return isinstance(value, kinds)


def _arguments(given: list[str]) -> str:
    return f"({', '.join(given)})" if given else ""


def _literal(type_: Any, name: str, values: Mapping[str, Any], without: Collection[str]) -> str:
    """A value for an argument or a field of an input, by its name; one that is not known fails the test."""
    if _is(type_, GraphQLNonNull):
        return _literal(type_.of_type, name, values, without)
    if _is(type_, GraphQLEnumType):
        return str(next(iter(type_.values)))
    if _is(type_, GraphQLInputObjectType) and name not in values:
        fields = [
            f"{each}: {_literal(declared.type, each, values, without)}"
            for each, declared in type_.fields.items()
            if _is(declared.type, GraphQLNonNull) or (each in values and each not in without)
        ]
        return f"{{ {', '.join(fields)} }}"
    assert name in values, f"{name} is new in the schema: say in test_strangers.py what a stranger would give for it"
    value = values[name]
    return _written([value] if _is(type_, GraphQLList) and not _is(value, list) else value)


def _written(value: Any) -> str:
    """A value as a GraphQL literal."""
    if _is(value, Mapping):
        return "{" + ", ".join(f"{key}: {_written(each)}" for key, each in value.items()) + "}"
    if _is(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value)

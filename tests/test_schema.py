"""The schema is the contract's, is described to its last argument, and is what the committed snapshot says."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
    validate_schema,
)

from weft.resolvers.sdl import SNAPSHOT, print_schema

OURS = build_schema(print_schema())
CONTRACT = build_schema(Path(__file__).with_name("contract.graphql").read_text())

ADDED = {
    "ApiKey",
    "ApiKey.createdAt",
    "ApiKey.expiresAt",
    "ApiKey.id",
    "ApiKey.lastUsedAt",
    "ApiKey.name",
    "ApiKey.revokedAt",
    "ApiKey.scopes",
    "ApiKey.userId",
    "ApiKeyConnection",
    "ApiKeyConnection.edges",
    "ApiKeyConnection.pageInfo",
    "ApiKeyEdge",
    "ApiKeyEdge.cursor",
    "ApiKeyEdge.node",
    "ContextItem.leftOut",
    "ContextItem.messageId",
    "ContextItem.textRank",
    "ContextItem.vectorRank",
    "ContextItem.vectorScore",
    "ContextLeftOut",
    "ContextLeftOut.BUDGET",
    "ContextLeftOut.DUPLICATE",
    "ContextLeftOut.HANDLER",
    "ContextLeftOut.ORPHAN",
    "ContextLeftOut.TOOL",
    "ContextLeftOut.WINDOW",
    "ContextOptions.maxTokens",
    "ContextOptionsInput.maxTokens",
    "ContextPreviewInput.includeLeftOut",
    "ContextSource.HANDLER",
    "GenerateObjectPayload.generation",
    "GenerateTextPayload.generation",
    "Generation.context",
    "Generation.context(includeLeftOut:)",
    "Generation.contextProblems",
    "Generation.contextSearchText",
    "GenerationError.generationId",
    "IssueApiKeyInput.userId",
    "Message.metadata",
    "MessageHit.snippet",
    "MessageHit.thread",
    "MessageMetadataInput.custom",
    "Query.apiKeys",
    "Query.apiKeys(after:)",
    "Query.apiKeys(before:)",
    "Query.apiKeys(first:)",
    "Query.apiKeys(last:)",
    "SearchMessagesInput.embeddingModel",
    "SendMessageInput.metadata",
    "Stream.number",
    "StreamDelta.streamNumber",
    "Subscription.threadListEvents(everyone:)",
    "ThreadConnection.cursor",
    "UpdateMessageInput.metadata",
}
"""What Weft has beyond the contract, which welcomes additions."""


def test_the_snapshot_is_what_the_code_says() -> None:
    assert SNAPSHOT.read_text() == print_schema(), "run `make schema` and commit the difference"


def test_the_schema_is_valid() -> None:
    assert validate_schema(OURS) == []


def test_everything_is_described() -> None:
    assert [name for name, description in _descriptions(OURS) if not (description or "").strip()] == []


def test_descriptions_are_sentences() -> None:
    assert [name for name, text in _descriptions(OURS) if not (text or "").rstrip("`)").endswith((".", "?"))] == []


def test_nothing_is_named_otherwise_than_in_the_contract() -> None:
    assert sorted(_names(OURS) - _names(CONTRACT)) == sorted(ADDED)


@pytest.mark.parametrize("name", sorted(set(OURS.type_map) & set(CONTRACT.type_map)))
def test_types_and_nullability_are_the_contracts(name: str) -> None:
    ours, wanted = _shape(OURS.type_map[name]), _shape(CONTRACT.type_map[name])
    added = {part for part in ours if f"{name}.{part}" in ADDED}
    assert {part: ours[part] for part in ours if part not in added} == {
        part: wanted[part] for part in ours if part in wanted
    }


def test_the_operations_of_the_contract_are_all_there_but_for_those_of_later_issues() -> None:
    """A name leaves this list when its issue is done."""
    missing = {
        name for root in ("Query", "Mutation", "Subscription")
        for name in _fields(CONTRACT.type_map[root]).keys() - _fields(OURS.type_map[root]).keys()
    }  # fmt: skip
    assert missing <= {"file"}


def _types(schema: GraphQLSchema) -> Iterator[GraphQLNamedType]:
    for type_ in schema.type_map.values():
        if not is_introspection_type(type_) and not is_specified_scalar_type(type_):
            yield type_


def _fields(type_: GraphQLNamedType) -> dict[str, GraphQLField]:
    return type_.fields if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else {}


def _inputs(type_: GraphQLNamedType) -> dict[str, GraphQLInputField]:
    return type_.fields if isinstance(type_, GraphQLInputObjectType) else {}


def _descriptions(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    for type_ in _types(schema):
        yield type_.name, type_.description
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{type_.name}.{name}", value.description) for name, value in type_.values.items())
        yield from ((f"{type_.name}.{name}", field.description) for name, field in _inputs(type_).items())
        for name, field in _fields(type_).items():
            yield f"{type_.name}.{name}", field.description
            yield from ((f"{type_.name}.{name}({arg}:)", given.description) for arg, given in field.args.items())


def _names(schema: GraphQLSchema) -> set[str]:
    return {name for name, _ in _descriptions(schema)}


def _shape(type_: GraphQLNamedType) -> dict[str, str]:
    """Each part of a type with what must not differ: its type, its default, what it implements."""
    shape = {"kind": type(type_).__name__}
    for name, field in _fields(type_).items():
        shape[name] = str(cast(GraphQLType, field.type))
        shape |= {f"{name}({arg}:)": _input_shape(given) for arg, given in field.args.items()}
    shape |= {name: _input_shape(field) for name, field in _inputs(type_).items()}
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        shape["implements"] = " ".join(interface.name for interface in type_.interfaces)
    if isinstance(type_, GraphQLEnumType):
        shape |= dict.fromkeys(type_.values, "value")
    if isinstance(type_, GraphQLUnionType):
        shape |= {member.name: "member" for member in type_.types}
    return shape


def _input_shape(given: GraphQLArgument | GraphQLInputField) -> str:
    default = "" if given.default is None else f" = {given.default.literal and print_ast(given.default.literal)}"
    return f"{cast(GraphQLType, given.type)}{default}"

"""The package as it is published: typed, whole, in step with the schema, and small in what it asks for."""

import ast
import sys
import tomllib
from typing import Any

import pytest
import weft_client
from graphql import OperationDefinitionNode, build_schema, parse, validate
from tests.docs.blocks import ROOT
from weft_client.api import operations

PACKAGE = ROOT / "clients/python"
SCHEMA = build_schema((ROOT / "src/weft/schema/schema.graphql").read_text(encoding="utf-8"))
WRITTEN = [name for name in vars(operations) if name.endswith("_GQL")]


@pytest.mark.parametrize("name", WRITTEN)
def test_an_operation_of_the_client_fits_the_schema(name: str) -> None:
    assert validate(SCHEMA, parse(getattr(operations, name))) == []


def operations_of(text: str) -> set[str]:
    found = (each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode))
    return {each.name.value for each in found if each.name is not None}


def test_the_documents_are_all_generated_and_ask_for_every_part_of_a_message() -> None:
    documents = (PACKAGE / "codegen/operations").glob("*.graphql")
    written = set[str]().union(*(operations_of(path.read_text(encoding="utf-8")) for path in documents))
    assert set[str]().union(*(operations_of(getattr(operations, name)) for name in WRITTEN)) == written
    union: Any = SCHEMA.type_map["UIMessagePart"]
    asked = operations.READ_THREAD_GQL
    assert [part.name for part in union.types if f"on {part.name}" not in asked] == []


def test_every_event_and_every_mutation_of_the_schema_is_there() -> None:
    events: Any = SCHEMA.type_map["ThreadEvent"]
    assert [each.name for each in events.types if f"on {each.name}" not in operations.THREAD_EVENTS_GQL] == []
    mutations = SCHEMA.mutation_type
    assert mutations is not None
    written = "\n".join(getattr(operations, name) for name in WRITTEN)
    assert [name for name in mutations.fields if f" {name}(" not in written] == []


def test_what_it_imports_is_what_it_asks_for() -> None:
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {requirement.partition(">")[0] for requirement in project["dependencies"]}
    found: set[str] = set()
    for path in (PACKAGE / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.partition(".")[0])
    assert found - sys.stdlib_module_names - {"weft_client"} == asked


def test_what_it_says_it_exports_is_there_and_says_what_it_is() -> None:
    assert (PACKAGE / "src/weft_client/py.typed").is_file()
    assert sorted(weft_client.__all__) == sorted(set(weft_client.__all__))
    for name in weft_client.__all__:
        assert hasattr(weft_client, name)


@pytest.mark.parametrize("url", ["here", "", "ws://127.0.0.1/graphql", "http://", "127.0.0.1:8000"])
def test_an_address_that_is_none_is_told_at_once(url: str) -> None:
    with pytest.raises(weft_client.InvalidInputError, match="is no address"):
        weft_client.Weft(url)

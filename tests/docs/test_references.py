"""The references leave nothing out: they are made from the code, and what the code does not explain stops them."""

from pathlib import Path
from typing import Any

import pytest
import typer.main
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, build_schema
from tools.docs import errors_reference
from tools.docs.decisions_index import decisions_index
from tools.docs.examples_page import examples_page
from tools.docs.graphql_reference import graphql_reference
from tools.docs.operator_reference import commands_reference, settings_reference
from tools.docs.python_reference import python_reference

import weft
import weft.testing
from weft.cli import cli
from weft.resolvers.errors import Code
from weft.resolvers.sdl import print_schema
from weft.settings import LimitSettings, LogSettings, Settings

SMALL = '''
"""All that can be read."""
type Query {
  """The houses. See `House.rooms`."""
  houses(
    """How many | at most."""
    first: Int = 5
  ): [House!]!
}

"""Where people live."""
type House {
  """How many."""
  rooms: Int! @deprecated(reason: "Ask for `House`.")
}

"""A house, or a hut."""
union Home = House
'''


def test_a_small_schema_is_told_with_arguments_defaults_nullability_links_and_deprecations() -> None:
    pages = graphql_reference(SMALL)
    queries, objects = pages["queries.md"], pages["objects.md"]
    assert "The houses. See [`House.rooms`](objects.md#House.rooms)." in queries
    assert "Answers [`[House!]!`](objects.md#House)." in queries
    assert "| `first` | `Int` | How many \\| at most. Default: `5`. |" in queries
    assert (
        "| `rooms`{ #House.rooms } | `Int!` | **Deprecated**: Ask for [`House`](objects.md#House). How many. |"
        in objects
    )
    assert "One of [`House`](objects.md#House)." in objects
    assert "Used by [`houses`](queries.md#houses), [`Home`](objects.md#Home)." in objects


def test_the_graphql_reference_has_every_type_and_every_field_of_the_schema() -> None:
    text = "".join(graphql_reference(print_schema()).values())
    for name, each in build_schema(print_schema()).type_map.items():
        if name.startswith("__") or name in (
            "Query",
            "Mutation",
            "Subscription",
            "Int",
            "Float",
            "String",
            "Boolean",
            "ID",
        ):
            continue
        assert f"## {name} {{ #{name} }}" in text
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            assert all(f"{{ #{name}.{field} }}" in text for field in each.fields)


def test_the_python_reference_has_every_name_that_may_be_imported() -> None:
    pages = python_reference()
    assert all(f"## {name} {{ #{name} }}" in pages["front-door.md"] for name in weft.__all__)
    assert all(f"## {name} {{ #{name} }}" in pages["testing.md"] for name in weft.testing.__all__)
    assert "### `weft.messages.send` { #weft.messages.send }" in pages["services.md"]
    assert "## ConfigError { #ConfigError }" in pages["errors.md"]


@pytest.mark.parametrize(
    ("kind", "prefix"), [(Settings, "WEFT_"), (LimitSettings, "WEFT_LIMIT_"), (LogSettings, "WEFT_LOG_")]
)
def test_the_settings_are_all_there(kind: Any, prefix: str) -> None:
    page = settings_reference()
    names = [f"{prefix}{name.upper()}" for name in kind.model_fields if name != "limits"]
    assert [name for name in names if f"`{name}`{{ #{name} }}" not in page] == []
    secrets = [line for line in page.splitlines() if "A secret:" in line]
    assert [line.split("`")[1] for line in secrets] == ["WEFT_MONGODB_URI", "WEFT_JWT_SECRET"]


def test_the_commands_are_all_there() -> None:
    page = commands_reference()
    command: Any = typer.main.get_command(cli)
    for name, each in command.commands.items():
        inner = getattr(each, "commands", {"": None})
        assert all(f"## `weft {name} {verb}".rstrip() in page for verb in inner)


def test_the_codes_are_all_there_and_one_that_nobody_explained_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    page = errors_reference.errors_reference(print_schema())
    assert all(f"`{code}`" in page for code in [*Code, "ALREADY_HANDLED", 4403, 1013])
    explained = dict(errors_reference.REQUESTS)
    explained.pop(Code.INTERNAL)
    monkeypatch.setattr(errors_reference, "REQUESTS", explained)
    with pytest.raises(AssertionError, match="every code is explained"):
        errors_reference.errors_reference(print_schema())


def test_an_example_is_shown_with_what_it_says_and_how_to_run_it(tmp_path: Path) -> None:
    (tmp_path / "two_words.py").write_text('"""What it shows.\n\nweft dev two_words:app\n"""\n\nimport os\n')
    told = examples_page(tmp_path).partition("## ")[2]
    assert told.startswith("Two words { #two_words }\n\nWhat it shows.\n\n```sh\nweft dev two_words:app\n```")
    assert told.endswith('```python title="docs/examples/two_words.py"\nimport os\n```\n\n')


def test_the_decisions_are_listed_by_their_headings(tmp_path: Path) -> None:
    (tmp_path / "0002-b.md").write_text("# 2. Second\n\nText\n")
    (tmp_path / "0001-a.md").write_text("# 1. First\n")
    assert decisions_index(tmp_path).endswith("- [1. First](0001-a.md)\n- [2. Second](0002-b.md)\n")
    (tmp_path / "0003-c.md").write_text("No heading\n")
    with pytest.raises(ValueError, match="without a heading"):
        decisions_index(tmp_path)

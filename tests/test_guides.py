"""A guide's program does what the guide says: it is run as it stands, against the real MongoDB."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate

from weft.resolvers.sdl import print_schema
from weft.storage.embedded import EmbeddedMongo

GUIDES = Path(__file__).parents[1] / "docs"


def _run(guide: str, mongod: EmbeddedMongo, database: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names that the guide's one program defines."""
    monkeypatch.setenv("WEFT_MONGODB_URI", mongod.uri)
    monkeypatch.setenv("WEFT_DATABASE", database)
    [program] = re.findall(r"^```python\n(.*?)^```$", (GUIDES / guide).read_text(), flags=re.MULTILINE | re.DOTALL)
    module: dict[str, Any] = {"__name__": guide}
    exec(compile(program, guide, "exec"), module)
    return module


def test_the_example_of_the_testing_guide_passes(
    mongod: EmbeddedMongo, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run("testing.md", mongod, database, monkeypatch)["test_support_looks_up_when_the_shop_is_open"]()


def test_the_example_of_the_python_guide_does_what_it_says(
    mongod: EmbeddedMongo, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asyncio.run(_run("python.md", mongod, database, monkeypatch)["tidy_up"]())
    assert told == ["Broken chain", "My chain is broken.", "Bring it in today, we will mend it."]


def test_the_example_of_the_agents_guide_is_an_app(
    mongod: EmbeddedMongo, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _run("agents.md", mongod, database, monkeypatch)["app"]
    assert [tool.name for agent in app.agents for tool in agent.known_tools] == ["weather"]


def test_the_example_of_the_memory_guide_finds_and_shows_what_it_says(
    mongod: EmbeddedMongo, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asyncio.run(_run("memory.md", mongod, database, monkeypatch)["remember"]())
    assert told == [
        "My bicycle: I bought a green Wayfarer, frame number WF-2291.",
        "SEARCH: I bought a green Wayfarer, frame number WF-2291.",
        "SEARCH_NEIGHBOUR: A good choice, I have noted the number.",
        "PROMPT: Which frame number does my Wayfarer have?",
    ]


@pytest.mark.parametrize(
    "operation", re.findall(r"^```graphql\n(.*?)^```$", (GUIDES / "memory.md").read_text(), re.MULTILINE | re.DOTALL)
)
def test_an_operation_of_the_memory_guide_fits_the_schema(operation: str) -> None:
    assert validate(build_schema(print_schema()), parse(operation)) == []

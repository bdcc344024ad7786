"""What a reader copies from the README works: its operations fit the schema, its program makes an app."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCHEMA = build_schema((ROOT / "src/weft/schema/schema.graphql").read_text(encoding="utf-8"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def test_the_readme_shows_a_query_a_mutation_and_a_subscription() -> None:
    assert {block.split()[0] for block in blocks("graphql")} == {"query", "mutation", "subscription"}


@pytest.mark.parametrize("operation", blocks("graphql"))
def test_an_operation_of_the_readme_fits_the_schema(operation: str) -> None:
    assert validate(SCHEMA, parse(operation)) == []


def test_the_program_of_the_readme_makes_an_app_without_any_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    [program] = blocks("python")
    module: dict[str, Any] = {}

    exec(compile(program, "chat.py", "exec"), module)

    assert isinstance(module["app"], Starlette)

"""What a server says at its start of agents that will not work as they are."""

from pathlib import Path

import pytest

from weft import Agent, tool
from weft.agents.shortcomings import shortcomings
from weft.testing import ScriptedModel


@tool
def stock(item: str) -> int:
    return len(item)


@tool(description="Tells the price.")
def price(item: str) -> int:
    return len(item)


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def test_a_key_that_is_not_there_is_named_with_its_agent() -> None:
    agents = [Agent("support", model="openai:gpt-5-mini"), Agent("poet", model="anthropic:claude-sonnet-4-5")]
    assert shortcomings(agents) == [
        "OPENAI_API_KEY: agent support cannot answer without it",
        "ANTHROPIC_API_KEY: agent poet cannot answer without it",
    ]


def test_a_key_in_the_environment_or_in_a_file_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-1")
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-2")
    assert not shortcomings([Agent("a", model="openai:gpt-5-mini"), Agent("b", model="anthropic:claude-sonnet-4-5")])


def test_models_without_keys_and_compatible_servers_lack_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")
    agents = [Agent("a", model="demo"), Agent("b", model=ScriptedModel([])), Agent("c", model="openai-chat:llama")]
    assert not shortcomings(agents)


def test_a_tool_that_tells_the_model_nothing_is_named() -> None:
    assert shortcomings([Agent("support", model="demo", tools=[stock, price])]) == [
        "a docstring of tool stock: the model of agent support is not told what it is for"
    ]

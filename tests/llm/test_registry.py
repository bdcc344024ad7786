"""Names of models."""

import subprocess
import sys
from typing import Any

import pytest

from weft.errors import ConfigError
from weft.llm.registry import resolve_model
from weft.testing import ScriptedModel


@pytest.mark.parametrize(
    ("spec", "provider", "name"),
    [
        ("openai:gpt-5-mini", "openai", "gpt-5-mini"),
        ("openai:ft:gpt-5-mini:acme::1", "openai", "ft:gpt-5-mini:acme::1"),
        ("openai-chat:meta/llama-4", "openai-chat", "meta/llama-4"),
        ("anthropic:claude-sonnet-5-5", "anthropic", "claude-sonnet-5-5"),
        ("demo", "demo", "demo"),
    ],
)
def test_resolves(spec: str, provider: str, name: str) -> None:
    model = resolve_model(spec)
    assert (model.provider, model.name) == (provider, name)


@pytest.mark.parametrize(
    "spec", ["", "openai", "openai:", "openai: x", "gpt-5", "Demo", "demo:x", "mistral:large", ":x", None, 7]
)
def test_what_is_not_a_model_is_told_every_legal_form(spec: Any) -> None:
    with pytest.raises(ConfigError) as raised:
        resolve_model(spec)
    for form in ('"openai:<name>"', '"openai-chat:<name>"', '"anthropic:<name>"', '"demo"', "weft.llm.model.Model"):
        assert form in raised.value.message


def test_a_model_is_what_it_is() -> None:
    model = ScriptedModel(["Hi"])
    assert resolve_model(model) is model


def test_naming_a_model_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    assert [repr(resolve_model(spec)) for spec in ("openai:a", "openai-chat:b", "anthropic:c", "demo")] == [
        "OpenAIResponses('a')",
        "OpenAIChat('b')",
        "Anthropic('c')",
        "DemoModel()",
    ]


def test_the_demo_and_the_script_import_no_sdk() -> None:
    code = (
        "import sys, weft.testing; from weft.llm.registry import resolve_model; resolve_model('demo');"
        "print(sorted({'openai', 'anthropic'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert shown.stdout.strip() == "[]"

"""From a model's name in an agent's definition to the model. An SDK is imported when its first model is named."""

from collections.abc import Callable

from weft.errors import ConfigError
from weft.llm.model import Model

_FORMS = (
    '"openai:<name>" (Responses API), "openai-chat:<name>" (chat completions; with OPENAI_BASE_URL any compatible '
    'server), "anthropic:<name>", "demo" (no key needed), or an object that implements weft.llm.model.Model'
)


def resolve_model(spec: str | Model) -> Model:
    """The model that a spec names; a model object is returned as it is.

    Keys are looked up when the model is called, not here.

    Raises:
        ConfigError: the spec is malformed or names no provider; the message lists what is legal.
    """
    if isinstance(spec, str):
        return _named(spec)
    if not callable(getattr(spec, "stream", None)):
        raise ConfigError(f"model is {type(spec).__name__}; give {_FORMS}")
    return spec


def _named(spec: str) -> Model:
    provider, colon, name = spec.partition(":")
    if spec == "demo":
        return _demo()
    make = _PROVIDERS.get(provider)
    if make is None or not colon or not name or name != name.strip():
        raise ConfigError(f"model {spec!r} is not known; give {_FORMS}")
    return make(name)


def _demo() -> Model:
    from weft.llm.demo import DemoModel

    return DemoModel()


def _openai(name: str) -> Model:
    from weft.llm.openai_responses import OpenAIResponses

    return OpenAIResponses(name)


def _openai_chat(name: str) -> Model:
    from weft.llm.openai_chat import OpenAIChat

    return OpenAIChat(name)


def _anthropic(name: str) -> Model:
    from weft.llm.anthropic import Anthropic

    return Anthropic(name)


_PROVIDERS: dict[str, Callable[[str], Model]] = {
    "openai": _openai,
    "openai-chat": _openai_chat,
    "anthropic": _anthropic,
}

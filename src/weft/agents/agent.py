"""An agent: a name, a model and how it is asked. It has no state; what it does is stored in threads."""

from dataclasses import dataclass, field

from weft.errors import ConfigError
from weft.llm.model import Model, ModelSettings
from weft.llm.registry import resolve_model


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent that answers in threads.

    Args:
        name: Its label in the API and on the messages it writes; unique within an app.
        model: `"openai:<name>"`, `"openai-chat:<name>"`, `"anthropic:<name>"`, `"demo"`, or any `Model`.
        instructions: The system prompt of each call. Never stored as a message.
        settings: Temperature, output limit and the like; a call may change each of them.
        recent_messages: How many earlier messages of the thread the model is shown, at most.

    Raises:
        ConfigError: the name is empty, or the model is not one that Weft knows.
    """

    name: str
    model: str | Model = field(kw_only=True)
    instructions: str | None = field(default=None, kw_only=True)
    settings: ModelSettings = field(default=ModelSettings(), kw_only=True)
    recent_messages: int = field(default=100, kw_only=True)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ConfigError('an agent needs a name: Agent("support", model="demo")')
        if self.recent_messages < 0:
            raise ConfigError(f"recent_messages of agent {self.name} is {self.recent_messages}; give 0 or more")
        resolve_model(self.model)

    @property
    def model_name(self) -> str:
        """The model as it is written in a setting: `openai:gpt-5-mini`."""
        if isinstance(self.model, str):
            return self.model
        return f"{self.model.provider}:{self.model.name}"


def by_name(agents: tuple[Agent, ...]) -> dict[str, Agent]:
    """Raises ConfigError when two agents have one name."""
    found: dict[str, Agent] = {}
    for agent in agents:
        if agent.name in found:
            raise ConfigError(f"two agents are named {agent.name!r}; give each its own name")
        found[agent.name] = agent
    return found

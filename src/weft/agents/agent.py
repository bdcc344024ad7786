"""An agent: a name, a model and how it is asked. It has no state; what it does is stored in threads."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

from weft.agents.context.options import ContextOptions
from weft.agents.context.parts import ContextParts
from weft.agents.context.tokens import CountTokens, estimate_tokens
from weft.agents.run_context import RunContext
from weft.agents.stops import StopCondition
from weft.agents.tools.definition import Tool, ToolSource
from weft.errors import ConfigError
from weft.llm.embeddings import EmbeddingModel, resolve_embeddings, spec_of
from weft.llm.model import TOOL_CHOICES, Model, ModelMessage, ModelSettings
from weft.llm.registry import resolve_model
from weft.threads.generations import SaveMode
from weft.threads.steps import Step

if TYPE_CHECKING:
    from weft.agents.agent_tool import SubThread

MAX_STEPS: Final = 20
"""How many steps a run has when neither the agent nor the call says (docs/decisions/0009)."""

MOST_STEPS: Final = 100
"""How many steps a run has whose conditions never hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChanges:
    """What `prepare_step` changes for one step. None: as it is."""

    model: str | Model | None = None
    instructions: str | None = None
    tools: Sequence[str] | None = None
    tool_choice: str | None = None
    settings: ModelSettings | None = None
    messages: Sequence[ModelMessage] | None = None


Override = Literal[
    "instructions", "model", "provider_options", "tool_choice", "max_steps", "max_output_tokens", "context"
]
"""What users may change only where the agent says so."""

Instructions = str | Callable[[RunContext], str | Awaitable[str]]
PrepareStep = Callable[[RunContext, Sequence[Step]], StepChanges | Awaitable[StepChanges | None] | None]
ContextHandler = Callable[[RunContext, ContextParts], Sequence[ModelMessage] | Awaitable[Sequence[ModelMessage]]]


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent that answers in threads.

    Args:
        name: Its label in the API and on the messages it writes; unique within an app.
        model: `"openai:<name>"`, `"openai-chat:<name>"`, `"anthropic:<name>"`, `"demo"`, or any `Model`.
        instructions: The system prompt of each call, or a function that makes it. Never stored as a message.
        tools: What it may use: functions made tools by `@tool`, tools of people and clients, MCP servers.
        settings: Temperature, output limit and the like; a call may change each of them.
        context: Which of the thread's messages the model is shown.
        save_messages: Which of the messages that a call gives are stored.
        max_steps: How many model calls an answer may take; not used together with `stop_when`. Without either: 20.
        stop_when: Conditions that end an answer after a step that used tools, see `weft.agents.stops`.
        tool_choice: `"auto"`, `"none"`, `"required"` or the name of the tool to call.
        prepare_step: Called before each step; may change its model, instructions, tools, settings and messages.
        allow_system_messages: Whether the history may hold messages of role system.
        context_handler: Called with what was gathered for the model; what it returns is sent instead.
        usage_handler: Told what each model call used, also when it failed or was aborted.
        embedding_model: `"openai:text-embedding-3-small"`, or any `EmbeddingModel`: messages can be found by meaning.
        embed_messages: Whether vectors are made of all messages that are saved. False: only of those that are
            searched for; give the others yours.
        count_tokens: How many tokens a message has, for the budget of `context` and the receipts; about, unless you
            give your model's own count.
        exchange_handler: Told each request and its response, for debugging; keys are removed.
        overrides: What users may change freely, of `"instructions"`, `"model"`, `"provider_options"`,
            `"tool_choice"`, `"max_steps"`, `"max_output_tokens"` and `"context"`. Without it they may only ask for
            less of each. Callers with the scope service or admin, and your own code, may change everything.

    Raises:
        ConfigError: the name is empty, the model is not one that Weft knows, a tool is none, two have one name, a
            number is out of range, or `overrides` names what cannot be.
    """

    name: str
    model: str | Model = field(default="", kw_only=True)
    instructions: Instructions | None = field(default=None, kw_only=True)
    tools: Sequence[Tool | ToolSource] = field(default=(), kw_only=True)
    settings: ModelSettings = field(default=ModelSettings(), kw_only=True)
    context: ContextOptions = field(default=ContextOptions(), kw_only=True)
    save_messages: SaveMode = field(default=SaveMode.PROMPT_AND_OUTPUT, kw_only=True)
    max_steps: int | None = field(default=None, kw_only=True)
    stop_when: StopCondition | Sequence[StopCondition] | None = field(default=None, kw_only=True)
    tool_choice: str | None = field(default=None, kw_only=True)
    prepare_step: PrepareStep | None = field(default=None, kw_only=True)
    allow_system_messages: bool = field(default=True, kw_only=True)
    context_handler: ContextHandler | None = field(default=None, kw_only=True)
    usage_handler: Callable[[Any], Any] | None = field(default=None, kw_only=True)
    exchange_handler: Callable[[Any], Any] | None = field(default=None, kw_only=True)
    embedding_model: str | EmbeddingModel | None = field(default=None, kw_only=True)
    embed_messages: bool = field(default=True, kw_only=True)
    count_tokens: CountTokens = field(default=estimate_tokens, kw_only=True)
    overrides: Sequence[Override] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ConfigError('an agent needs a name: Agent("support", model="demo")')
        if self.model == "":
            raise ConfigError(f'agent {self.name} has no model; give it one: model="openai:gpt-5-mini", or "demo"')
        if self.max_steps is not None and self.max_steps < 1:
            raise ConfigError(f"max_steps of agent {self.name} is {self.max_steps}; give 1 or more")
        resolve_model(self.model)
        if self.embedding_model is not None:
            resolve_embeddings(self.embedding_model)
        elif self.context.search is not None and (self.context.search.vector or not self.context.search.text):
            raise ConfigError(f"agent {self.name} searches by meaning: give it an embedding_model")
        _check_tools(self.name, self.tools)
        names = [tool.name for tool in self.known_tools]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ConfigError(f"agent {self.name} has two tools named {min(twice)!r}; give each its own name")
        self._check_choice(names)
        self._check_overrides()

    def _check_overrides(self) -> None:
        known = get_args(Override)
        wrong = [name for name in self.overrides if name not in known]
        if wrong or isinstance(self.overrides, str):
            said = self.overrides if isinstance(self.overrides, str) else wrong[0]
            raise ConfigError(f"overrides of agent {self.name} has {said!r}; give a list of: {', '.join(known)}")

    def _check_choice(self, names: Sequence[str]) -> None:
        choice = self.tool_choice
        if choice is None or choice in TOOL_CHOICES or choice in names or len(names) < len(self.tools):
            return
        known = ", ".join([*TOOL_CHOICES, *names])
        raise ConfigError(f"tool_choice of agent {self.name} is {choice!r}; give one of: {known}")

    @property
    def embeddings(self) -> EmbeddingModel | None:
        """Its embedding model, if it has one."""
        return None if self.embedding_model is None else resolve_embeddings(self.embedding_model)

    @property
    def embedding_name(self) -> str | None:
        """Its embedding model as it is written in a setting."""
        return None if (model := self.embeddings) is None else spec_of(model)

    @property
    def known_tools(self) -> list[Tool]:
        """The tools that are known without asking a server for its own."""
        return [tool for tool in self.tools if isinstance(tool, Tool)]

    def as_tool(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        thread: "SubThread | None" = None,
    ) -> Tool:
        """This agent as a tool of another: it is asked in a thread of its own, see `weft.agents.agent_tool`."""
        from weft.agents.agent_tool import SubThread, agent_tool

        return agent_tool(self, name=name, description=description, thread=thread or SubThread.SHARED)

    @property
    def conditions(self) -> Sequence[StopCondition]:
        """When a run stops, besides the number of its steps."""
        given = self.stop_when
        return () if given is None else (given,) if callable(given) else tuple(given)

    @property
    def model_name(self) -> str:
        """The model as it is written in a setting: `openai:gpt-5-mini`."""
        if isinstance(self.model, str):
            return self.model
        return f"{self.model.provider}:{self.model.name}"


def _check_tools(agent: str, tools: object) -> None:
    """A function that was not made a tool, above all."""
    if not isinstance(tools, Collection) or isinstance(tools, str):
        raise ConfigError(f"tools of agent {agent} is {tools!r:.80}; give a list: tools=[...]")
    for given in cast("Collection[object]", tools):
        if not isinstance(given, Tool) and not callable(getattr(given, "tools", None)):
            mend = "give agent.as_tool()" if isinstance(given, Agent) else "make a function one with @tool"
            raise ConfigError(f"tools of agent {agent} has {given!r:.80}, which is no tool; {mend}")


def listed(agents: object) -> tuple[Agent, ...]:
    """The agents that an app is given. Raises ConfigError for what are no agents, and for two of one name."""
    if not isinstance(agents, Iterable):
        raise ConfigError(f"agents is {agents!r:.80}; give create_app a list of agents: agents=[Agent(...)]")
    found: list[Agent] = []
    for given in cast("Iterable[object]", agents):
        if not isinstance(given, Agent):
            raise ConfigError(f"agents has {given!r:.80}; give create_app a list of agents: agents=[Agent(...)]")
        found.append(given)
    by_name(tuple(found))
    return tuple(found)


def by_name(agents: tuple[Agent, ...]) -> dict[str, Agent]:
    """Raises ConfigError when two agents have one name."""
    found: dict[str, Agent] = {}
    for agent in agents:
        if agent.name in found:
            raise ConfigError(f"two agents are named {agent.name!r}; give each its own name")
        found[agent.name] = agent
    return found


def with_those_asked(agents: Mapping[str, Agent]) -> dict[str, Agent]:
    """The agents, and those that they ask as tools. One of theirs does not take the place of one of the app's."""
    found = dict(agents)
    waiting = list(agents.values())
    while waiting:
        for asked in (each for tool in waiting.pop().known_tools for each in tool.asks):
            if asked.name not in found:
                found[asked.name] = asked
                waiting.append(asked)
    return found

"""What a tool is: a name, the schema of its input, and perhaps a function. Made by `@tool`, or by hand."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from weft.agents.tools.checks import check_tool
from weft.agents.tools.context import ToolContext
from weft.errors import ConfigError
from weft.llm.model import ToolSpec
from weft.threads.messages import Part

if TYPE_CHECKING:
    from weft.agents.agent import Agent

TIMEOUT_SECONDS: Final = 120.0

Approval = bool | Callable[[ToolContext, Any], bool | Awaitable[bool]]
"""Whether a person must allow a call; a function decides it for each, from its checked input."""


@dataclass(frozen=True, slots=True, eq=False)
class Tool:
    """A tool that an agent may be given.

    `execute` gets the context and what `parse` made of the model's input. It returns the result, an awaitable of it, or
    an async iterator whose last value is the result and whose others are shown meanwhile. Without `execute` a person or
    the client answers the call. `parse` raises ValueError, with a message for the model, when the input does not fit.
    `to_model_output` makes the stored output, `{"type": "content", …}` for one, of the result. `timeout` is in seconds.
    `asks` are agents that it asks: workers answer for them too, though the API does not list them.
    `approval_expires` is how long a call waits for a person before it is denied. The hooks `on_input_start`,
    `on_input_delta` and `on_input_available` are told of a call while the model writes it.

    Raises:
        ConfigError: the name, the schema or a time cannot be.
    """

    name: str
    description: str | None
    input_schema: dict[str, Any]
    parse: Callable[[Any], Any]
    execute: Callable[[ToolContext, Any], Any] | None = None
    title: str | None = None
    needs_approval: Approval = False
    approval_expires: timedelta | None = None
    timeout: float = TIMEOUT_SECONDS
    strict: bool | None = None
    to_model_output: Callable[[Any], Part] | None = None
    metadata: dict[str, Any] | None = None
    input_examples: Sequence[Any] = ()
    provider_options: dict[str, Any] = field(default_factory=dict[str, Any])
    dynamic: bool = False
    asks: Sequence["Agent"] = ()
    on_input_start: Callable[[ToolContext], Any] | None = None
    on_input_delta: Callable[[ToolContext, str], Any] | None = None
    on_input_available: Callable[[ToolContext, Any], Any] | None = None

    def __post_init__(self) -> None:
        check_tool(self.name, self.input_schema, self.timeout, self.approval_expires)
        if self.execute is None and self.needs_approval is not False:
            raise ConfigError(f"tool {self.name} needs no approval: nothing is run, and who answers it decides")

    @property
    def spec(self) -> ToolSpec:
        """The tool as a model is told of it."""
        return ToolSpec(self.name, self.description, self.input_schema, self.strict, self.provider_options)


class ToolSource(Protocol):
    """Tools that are known only while the server runs: those of an MCP server."""

    async def tools(self) -> Sequence[Tool]:
        """The tools as they are now. Raises UnavailableError when the source does not answer."""
        ...

    async def aclose(self) -> None:
        """Lets go of the source; it may be asked again."""
        ...

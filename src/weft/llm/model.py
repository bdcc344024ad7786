"""What a model is to Weft: something that turns a request into a stream of events, ending with exactly one Finish.

A third provider is one file that implements `Model`.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from weft.threads.messages import FinishReason, MessageRole, Part
from weft.threads.usage import NO_USAGE, Usage


@dataclass(frozen=True, slots=True)
class ModelMessage:
    """One message as a model is shown it; `content` holds parts of the model-message form (text, image, file …)."""

    role: MessageRole
    content: Sequence[Part]


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """None means: what the provider does by itself. `max_retries` counts retries before the first event."""

    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop_sequences: tuple[str, ...] | None = None
    max_retries: int = 2
    headers: dict[str, str] = field(default_factory=dict[str, str])
    provider_options: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model is told of it. `input_schema` is the JSON Schema of an object.

    `strict`: whether the provider is to make sure that inputs fit the schema; None: as the provider does by itself.
    """

    name: str
    description: str | None
    input_schema: dict[str, Any]
    strict: bool | None = None
    provider_options: dict[str, Any] = field(default_factory=dict[str, Any])


TOOL_CHOICES: Final = ("auto", "none", "required")
"""What a tool choice may be, besides the name of a tool that must be called."""


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """The answer is to be one JSON value of this JSON Schema; without a schema, any JSON object."""

    schema: dict[str, Any] | None
    name: str = "answer"
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One model call. `instructions` is the system prompt; `messages` is never empty.

    `tools` are sorted by name, so that the prompt's beginning stays the same from call to call. `tool_choice` is one of
    TOOL_CHOICES or a tool's name. `cache_key` is the same for calls that share a beginning: calls of one thread.
    """

    instructions: str | None
    messages: Sequence[ModelMessage]
    settings: ModelSettings = ModelSettings()
    tools: Sequence[ToolSpec] = ()
    tool_choice: str | None = None
    output: ObjectSpec | None = None
    cache_key: str | None = None


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The body of the request, without address, headers and so without any key. The first event, if it comes at all."""

    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer's text. A new `id` starts a new text part."""

    text: str
    id: str = "0"
    provider_metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of the model's reasoning, or of its summary. A new `id` starts a new part."""

    text: str
    id: str = "0"
    provider_metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SourceFound:
    """A page the answer rests on."""

    id: str
    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentCited:
    """A document the answer rests on: one that has no address."""

    id: str
    title: str
    media_type: str = "text/plain"
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class FileMade:
    """A file or an image that the model made. `data` is base64."""

    media_type: str
    data: str


@dataclass(frozen=True, slots=True)
class ToolInputStarted:
    """The model begins to write a call. `id` is the call's, unique within the answer."""

    id: str
    name: str
    provider_executed: bool = False


@dataclass(frozen=True, slots=True)
class ToolInputDelta:
    """More of a call's input, as JSON text: any piece of it."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A call is complete. `input` is its JSON text, which may be broken: it is checked by whoever runs the tool.

    `provider_executed`: the provider runs it itself; a ToolAnswered follows.
    """

    id: str
    name: str
    input: str
    provider_executed: bool = False
    provider_metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    """The result of a call that the provider ran. `output` has the form of a stored one: `{"type": "json", …}`."""

    id: str
    name: str
    output: Part
    provider_metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class UsageReported:
    """What has been used so far; replaces earlier reports. Kept when the call is aborted or fails."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finish:
    """The last event. `model` is the name the provider says has answered, `response` what it sent, for debugging."""

    reason: FinishReason
    usage: Usage = NO_USAGE
    model: str | None = None
    provider_metadata: dict[str, Any] | None = None
    warnings: tuple[dict[str, Any], ...] = ()
    response: Any = None


ModelEvent = (
    RequestSent
    | TextDelta
    | ReasoningDelta
    | SourceFound
    | DocumentCited
    | FileMade
    | ToolInputStarted
    | ToolInputDelta
    | ToolCalled
    | ToolAnswered
    | UsageReported
    | Finish
)


class Model(Protocol):
    """A language model. `provider` and `name` are stored with every answer."""

    @property
    def provider(self) -> str: ...

    @property
    def name(self) -> str: ...

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Calls the model. Closing the iterator early cancels the call.

        Raises:
            ProviderError: the provider refused, failed or cut the answer off.
        """
        ...

"""What a model is to Weft: something that turns a request into a stream of events, ending with exactly one Finish.

A third provider is one file that implements `Model`.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

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
    seed: int | None = None
    stop_sequences: tuple[str, ...] | None = None
    max_retries: int = 2
    provider_options: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One model call. `instructions` is the system prompt; `messages` is never empty."""

    instructions: str | None
    messages: Sequence[ModelMessage]
    settings: ModelSettings = ModelSettings()


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer's text. A new `id` starts a new text part."""

    text: str
    id: str = "0"


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
class UsageReported:
    """What has been used so far; replaces earlier reports. Kept when the call is aborted or fails."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finish:
    """The last event. `model` is the name the provider says has answered."""

    reason: FinishReason
    usage: Usage = NO_USAGE
    model: str | None = None
    provider_metadata: dict[str, Any] | None = None
    warnings: tuple[dict[str, Any], ...] = ()


ModelEvent = TextDelta | ReasoningDelta | SourceFound | UsageReported | Finish


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

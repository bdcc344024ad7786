"""The parts of a message as a screen shows them."""

from enum import StrEnum
from typing import Any

from weft.threads.tool_parts import ToolPart
from weft.threads.values import value


class PartState(StrEnum):
    STREAMING = "streaming"
    DONE = "done"


@value
class TextPart:
    text: str
    state: PartState = PartState.DONE
    provider_metadata: Any = None


@value
class ReasoningPart:
    text: str
    state: PartState = PartState.DONE
    provider_metadata: Any = None


@value
class FilePart:
    """`reasoning` tells a file that the model made while it was reasoning."""

    media_type: str
    url: str
    filename: str | None = None
    reasoning: bool = False
    provider_metadata: Any = None
    provider_reference: Any = None


@value
class SourceUrlPart:
    source_id: str
    url: str
    title: str | None = None
    provider_metadata: Any = None


@value
class SourceDocumentPart:
    source_id: str
    media_type: str
    title: str
    filename: str | None = None
    provider_metadata: Any = None


@value
class StepStartPart:
    """Where a step of an answer with tools begins: one model call. `step_order` is its row's."""

    step_order: int


@value
class DataPart:
    """What an application shows beside the text; no model is sent it."""

    name: str
    part_id: str | None
    data: Any


@value
class CustomPart:
    """What only its provider understands. A screen takes it for data: its kind is its name, what was said the data."""

    kind: str
    provider_metadata: Any = None

    @property
    def name(self) -> str:
        return self.kind

    @property
    def part_id(self) -> None:
        return None

    @property
    def data(self) -> Any:
        return self.provider_metadata or {}


UIPart = (
    TextPart
    | ReasoningPart
    | ToolPart
    | FilePart
    | SourceUrlPart
    | SourceDocumentPart
    | StepStartPart
    | DataPart
    | CustomPart
)

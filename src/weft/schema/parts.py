"""The parts of a message on a screen: a closed union, so that clients switch on `__typename`."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import strawberry

from weft.schema.enums import describe
from weft.schema.scalars import Json
from weft.schema.tool_parts import ToolPart
from weft.threads import tool_parts, ui_parts
from weft.threads.ui_parts import PartState

describe(
    PartState,
    "Whether a part still grows.",
    STREAMING="More of it is being written.",
    DONE="It is complete, or writing it has stopped.",
)


@strawberry.type(description="Text that the user or the model wrote.")
class TextPart:
    text: str = strawberry.field(description="The text; Markdown when a model wrote it.")
    state: PartState = strawberry.field(description="Whether more text is being written.")
    provider_metadata: Json | None = strawberry.field(
        description="What the model's provider attached to this part, by provider name; null if nothing."
    )

    @classmethod
    def of(cls, value: ui_parts.TextPart) -> "TextPart":
        return cls(text=value.text, state=value.state, provider_metadata=value.provider_metadata)


@strawberry.type(description="The model's reasoning before its answer, or a summary of it.")
class ReasoningPart:
    text: str = strawberry.field(description="The reasoning; may be empty if the provider keeps it to itself.")
    state: PartState = strawberry.field(description="Whether more reasoning is being written.")
    provider_metadata: Json | None = strawberry.field(
        description="What the model's provider attached to this part, by provider name; null if nothing."
    )

    @classmethod
    def of(cls, value: ui_parts.ReasoningPart) -> "ReasoningPart":
        return cls(text=value.text, state=value.state, provider_metadata=value.provider_metadata)


@strawberry.type(description="An image or another file.")
class FilePart:
    media_type: str = strawberry.field(description="Its IANA media type, for example `image/png`, or `image/*`.")
    filename: str | None = strawberry.field(description="The name it was given; null if none.")
    url: str = strawberry.field(
        description="Where its bytes are: an `https:` or a `data:` URL; empty if only the model's provider holds them."
    )

    @classmethod
    def of(cls, value: ui_parts.FilePart) -> "FilePart":
        return cls(media_type=value.media_type, filename=value.filename, url=value.url)


@strawberry.type(description="A web page that the answer rests on.")
class SourceUrlPart:
    source_id: str = strawberry.field(description="Tells the sources of one message apart.")
    url: str = strawberry.field(description="The page's address.")
    title: str | None = strawberry.field(description="The page's title; null if unknown.")

    @classmethod
    def of(cls, value: ui_parts.SourceUrlPart) -> "SourceUrlPart":
        return cls(source_id=value.source_id, url=value.url, title=value.title)


@strawberry.type(description="A document that the answer rests on.")
class SourceDocumentPart:
    source_id: str = strawberry.field(description="Tells the sources of one message apart.")
    media_type: str = strawberry.field(description="The document's IANA media type, for example `application/pdf`.")
    title: str = strawberry.field(description="The document's title.")
    filename: str | None = strawberry.field(description="The document's file name; null if unknown.")

    @classmethod
    def of(cls, value: ui_parts.SourceDocumentPart) -> "SourceDocumentPart":
        return cls(source_id=value.source_id, media_type=value.media_type, title=value.title, filename=value.filename)


@strawberry.type(description="Where a step of an answer with tools begins: one call of the model.")
class StepStartPart:
    step_order: int = strawberry.field(description="The `stepOrder` of the step's row.")

    @classmethod
    def of(cls, value: ui_parts.StepStartPart) -> "StepStartPart":
        return cls(step_order=value.step_order)


@strawberry.type(description="What an application or a provider shows beside the text; a model is not sent it.")
class DataPart:
    name: str = strawberry.field(description="What kind of data it is; the application's or the provider's own word.")
    part_id: str | None = strawberry.field(
        description="Of parts with the same `name` and `partId` the last one counts; null if it stands for itself."
    )
    data: Json = strawberry.field(description="The data.")

    @classmethod
    def of(cls, value: ui_parts.DataPart) -> "DataPart":
        return cls(name=value.name, part_id=value.part_id, data=value.data)

    @classmethod
    def of_custom(cls, value: ui_parts.CustomPart) -> "DataPart":
        """A part that only its provider understands: its kind is its name, what the provider said its data."""
        return cls(name=value.kind, part_id=None, data=Json(value.provider_metadata or {}))


UIMessagePart = Annotated[
    TextPart | ReasoningPart | ToolPart | FilePart | SourceUrlPart | SourceDocumentPart | StepStartPart | DataPart,
    strawberry.union("UIMessagePart", description="One part of a message, in the order a screen shows them."),
]

_PARTS: Final[dict[type[ui_parts.UIPart], Callable[[Any], UIMessagePart]]] = {
    ui_parts.TextPart: TextPart.of,
    ui_parts.ReasoningPart: ReasoningPart.of,
    tool_parts.ToolPart: ToolPart.of,
    ui_parts.FilePart: FilePart.of,
    ui_parts.SourceUrlPart: SourceUrlPart.of,
    ui_parts.SourceDocumentPart: SourceDocumentPart.of,
    ui_parts.StepStartPart: StepStartPart.of,
    ui_parts.DataPart: DataPart.of,
    ui_parts.CustomPart: DataPart.of_custom,
}


def part_of(value: ui_parts.UIPart) -> UIMessagePart:
    """The GraphQL part of a domain part."""
    return _PARTS[type(value)](value)

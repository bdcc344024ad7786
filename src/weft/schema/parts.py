"""The parts of a message on a screen, read off the domain's: a closed union, so that clients switch on `__typename`."""

from typing import Annotated

import strawberry

from weft.schema.enums import describe
from weft.schema.scalars import Json
from weft.schema.shown import shows
from weft.schema.tool_parts import ToolPart
from weft.threads import ui_parts
from weft.threads.ui_parts import PartState

describe(
    PartState,
    "Whether a part still grows.",
    STREAMING="More of it is being written.",
    DONE="It is complete, or writing it has stopped.",
)


@strawberry.type(description="Text that the user or the model wrote.")
@shows(ui_parts.TextPart)
class TextPart:
    text: str = strawberry.field(description="The text; Markdown when a model wrote it.")
    state: PartState = strawberry.field(description="Whether more text is being written.")
    provider_metadata: Json | None = strawberry.field(
        description="What the model's provider attached to this part, by provider name; null if nothing."
    )


@strawberry.type(description="The model's reasoning before its answer, or a summary of it.")
@shows(ui_parts.ReasoningPart)
class ReasoningPart:
    text: str = strawberry.field(description="The reasoning; may be empty if the provider keeps it to itself.")
    state: PartState = strawberry.field(description="Whether more reasoning is being written.")
    provider_metadata: Json | None = strawberry.field(
        description="What the model's provider attached to this part, by provider name; null if nothing."
    )


@strawberry.type(description="An image or another file.")
@shows(ui_parts.FilePart)
class FilePart:
    media_type: str = strawberry.field(description="Its IANA media type, for example `image/png`, or `image/*`.")
    filename: str | None = strawberry.field(description="The name it was given; null if none.")
    url: str = strawberry.field(
        description="Where its bytes are: an `https:` or a `data:` URL; empty if only the model's provider holds them."
    )


@strawberry.type(description="A web page that the answer rests on.")
@shows(ui_parts.SourceUrlPart)
class SourceUrlPart:
    source_id: str = strawberry.field(description="Tells the sources of one message apart.")
    url: str = strawberry.field(description="The page's address.")
    title: str | None = strawberry.field(description="The page's title; null if unknown.")


@strawberry.type(description="A document that the answer rests on.")
@shows(ui_parts.SourceDocumentPart)
class SourceDocumentPart:
    source_id: str = strawberry.field(description="Tells the sources of one message apart.")
    media_type: str = strawberry.field(description="The document's IANA media type, for example `application/pdf`.")
    title: str = strawberry.field(description="The document's title.")
    filename: str | None = strawberry.field(description="The document's file name; null if unknown.")


@strawberry.type(description="Where a step of an answer with tools begins: one call of the model.")
@shows(ui_parts.StepStartPart)
class StepStartPart:
    step_order: int = strawberry.field(description="The `stepOrder` of the step's row.")


@strawberry.type(description="What an application or a provider shows beside the text; a model is not sent it.")
@shows(ui_parts.DataPart, ui_parts.CustomPart)
class DataPart:
    name: str = strawberry.field(description="What kind of data it is; the application's or the provider's own word.")
    part_id: str | None = strawberry.field(
        description="Of parts with the same `name` and `partId` the last one counts; null if it stands for itself."
    )
    data: Json = strawberry.field(description="The data.")


UIMessagePart = Annotated[
    TextPart | ReasoningPart | ToolPart | FilePart | SourceUrlPart | SourceDocumentPart | StepStartPart | DataPart,
    strawberry.union("UIMessagePart", description="One part of a message, in the order a screen shows them."),
]

"""The parts of a message that are no tool's, as they are stored: every field, and nothing beside them."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, StringConstraints, Tag
from pydantic.alias_generators import to_camel

TAG: Final = "\0"
"""What a tag begins with, so that it can be told from a field's name in the place of a mistake."""

Facts = dict[str, dict[str, Any]]
"""What is meant for a provider or came from one, by the provider's name."""

Name = Annotated[str, StringConstraints(min_length=1)]


class Form(BaseModel):
    """Fields have their JSON names and JSON types: nothing is converted, nothing unknown is let in."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, validate_by_alias=True)

    provider_options: Facts | None = None


class PartForm(Form):
    provider_metadata: Facts | None = None


class Reference(BaseModel):
    """A file that a provider holds, by the provider's name."""

    model_config = ConfigDict(extra="forbid", strict=True)

    type: Literal["reference"]
    reference: dict[str, str]


def _media_tag(value: Any) -> str:
    return TAG + ("reference" if isinstance(value, dict) else "string")


Media = Annotated[
    Annotated[str, Tag(TAG + "string")] | Annotated[Reference, Tag(TAG + "reference")], Discriminator(_media_tag)
]
"""An address, base64, or a provider's reference."""


class Text(PartForm):
    type: Literal["text"]
    text: str


class Image(PartForm):
    type: Literal["image"]
    image: Media
    media_type: Name | None = None


class File(PartForm):
    type: Literal["file"]
    data: Media
    media_type: Name
    filename: str | None = None


class Reasoning(PartForm):
    type: Literal["reasoning"]
    text: str
    signature: str | None = None


class ReasoningFile(PartForm):
    type: Literal["reasoning-file"]
    url: str | None = None
    data: str | None = None
    media_type: Name


class RedactedReasoning(PartForm):
    type: Literal["redacted-reasoning"]
    data: str


class Custom(PartForm):
    type: Literal["custom"]
    kind: Name


class SourceUrl(PartForm):
    type: Literal["source"]
    source_type: Literal["url"]
    id: str
    url: str
    title: str | None = None


class SourceDocument(PartForm):
    type: Literal["source"]
    source_type: Literal["document"]
    id: str
    media_type: Name
    title: str
    filename: str | None = None


def _something(value: Any) -> Any:
    if value is None:
        raise ValueError("give something other than null")
    return value


class Data(PartForm):
    """A part for the screen alone; no model is sent it."""

    type: Literal["data"]
    name: Name
    id: str | None = None
    data: Annotated[Any, AfterValidator(_something)]

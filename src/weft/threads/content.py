"""Content parts of the model-message form: what may be stored, and what each looks like on a screen."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from weft.errors import InputError
from weft.threads.messages import Part
from weft.threads.ui_parts import (
    FilePart,
    PartState,
    ReasoningPart,
    SourceDocumentPart,
    SourceUrlPart,
    TextPart,
    UIPart,
)


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, validate_by_alias=True, serialize_by_alias=True)

    provider_options: dict[str, Any] | None = None


class _Text(_Form):
    type: Literal["text"]
    text: str


class _Image(_Form):
    type: Literal["image"]
    image: str
    media_type: str = "image/*"


class _File(_Form):
    type: Literal["file"]
    data: str
    media_type: str
    filename: str | None = None


_USER_CONTENT: TypeAdapter[list[Any]] = TypeAdapter(list[Annotated[_Text | _Image | _File, Discriminator("type")]])


def user_content(value: Any, path: tuple[str, ...]) -> list[Part]:
    """The content of a user message, checked.

    Raises:
        InputError: an unknown part, or a missing or surplus field; the path leads to it.
    """
    if isinstance(value, str):
        return [{"type": "text", "text": value}]
    try:
        parts = _USER_CONTENT.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = (*path, *map(str, first["loc"][:1]), *map(str, first["loc"][2:]))  # [1] is the name of the form
        raise InputError(f"content is not a list of text, image and file parts: {first['msg']}", path=where) from None
    if not parts:
        raise InputError("content has no parts; give at least one", path=path)
    return [part.model_dump(exclude_none=True) for part in parts]


def ui_parts(content: Iterable[Part], *, streaming: bool = False) -> list[UIPart]:
    """Content parts as a screen shows them. Kinds without a picture of their own are left out."""
    state = PartState.STREAMING if streaming else PartState.DONE
    shown = (_ui_part(part, state) for part in content)
    return [part for part in shown if part is not None]


def _ui_part(part: Part, state: PartState) -> UIPart | None:
    match part["type"]:
        case "text":
            return TextPart(part["text"], state, part.get("providerMetadata"))
        case "reasoning" if part["text"]:
            return ReasoningPart(part["text"], state, part.get("providerMetadata"))
        case "image":
            return FilePart(part.get("mediaType", "image/*"), _as_url(part["image"], part.get("mediaType")))
        case "file":
            return FilePart(part["mediaType"], _as_url(part["data"], part["mediaType"]), part.get("filename"))
        case "source" if part.get("sourceType") == "document":
            return SourceDocumentPart(part["id"], part["mediaType"], part["title"], part.get("filename"))
        case "source":
            return SourceUrlPart(part["id"], part["url"], part.get("title"))
        case _:
            return None


def _as_url(data: str, media_type: str | None) -> str:
    if data.startswith(("http://", "https://", "data:")):
        return data
    return f"data:{media_type or 'application/octet-stream'};base64,{data}"


def content_of(parts: Iterable[UIPart]) -> list[Part]:
    """The reverse of `ui_parts` for what a model writes: text, reasoning and sources."""
    return [_content_part(part) for part in parts]


def _content_part(part: UIPart) -> Part:
    return {name: given for name, given in _all_fields(part).items() if given is not None}


def _all_fields(part: UIPart) -> Part:
    match part:
        case TextPart():
            return {"type": "text", "text": part.text, "providerMetadata": part.provider_metadata}
        case ReasoningPart():
            return {"type": "reasoning", "text": part.text, "providerMetadata": part.provider_metadata}
        case FilePart():
            return {"type": "file", "data": part.url, "mediaType": part.media_type, "filename": part.filename}
        case SourceUrlPart():
            return {"type": "source", "sourceType": "url", "id": part.source_id, "url": part.url, "title": part.title}
        case SourceDocumentPart():
            value: Part = {"type": "source", "sourceType": "document", "id": part.source_id, "title": part.title}
            return value | {"mediaType": part.media_type, "filename": part.filename}

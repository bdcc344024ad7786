"""What Anthropic's Messages API is sent: messages, system prompt and settings."""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Any, cast

from anthropic.types import MessageParam

from weft.llm.media import Media, media_of
from weft.llm.model import ModelMessage, ModelRequest, ModelSettings
from weft.llm.parts import options_for, request_body, texts_of, with_options
from weft.llm.vendor import Vendor
from weft.threads.messages import MessageRole, Part

ANTHROPIC = Vendor(
    provider="anthropic",
    label="Anthropic",
    key_variable="ANTHROPIC_API_KEY",
    url_variable="ANTHROPIC_BASE_URL",
    default_url="https://api.anthropic.com",
)
# Every request must say a limit; every model that the API still serves can do this one.
_DEFAULT_MAX_TOKENS = 8192


def max_tokens(settings: ModelSettings) -> int:
    """The limit as set, or a default for the answer on top of what it may think."""
    if settings.max_output_tokens is not None:
        return settings.max_output_tokens
    thinking: dict[str, Any] = options_for(ANTHROPIC.provider, settings.provider_options).get("thinking") or {}
    return _DEFAULT_MAX_TOKENS + int(thinking.get("budget_tokens", 0))


def request_fields(request: ModelRequest) -> dict[str, Any]:
    """The body's fields besides model, limit and messages."""
    settings = request.settings
    fields = {
        "system": _system(request) or None,
        "stop_sequences": settings.stop_sequences and list(settings.stop_sequences),
    }
    return request_body(fields, settings, ANTHROPIC.provider)


def _system(request: ModelRequest) -> list[dict[str, Any]]:
    # System messages go here from wherever in the history they stand: not every model takes them among the others.
    blocks = [{"type": "text", "text": request.instructions}] if request.instructions else []
    for message in request.messages:
        if message.role is MessageRole.SYSTEM:
            blocks.extend(_text_blocks(message))
    return blocks


def messages_of(messages: Iterable[ModelMessage]) -> list[MessageParam]:
    """The conversation; messages without content for the model are left out, as the API refuses empty ones."""
    params = (_message(message) for message in messages if message.role is not MessageRole.SYSTEM)
    return [cast(MessageParam, param) for param in params if param["content"]]


def _message(message: ModelMessage) -> dict[str, Any]:
    if message.role is MessageRole.USER:
        return {"role": "user", "content": [block for part in message.content for block in _blocks(part)]}
    # Earlier thinking may be left out, and documents in an assistant's turn are refused.
    return {"role": "assistant", "content": _text_blocks(message)}


def _text_blocks(message: ModelMessage) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text} for text in texts_of(message.content)]


def _blocks(part: Part) -> Iterator[dict[str, Any]]:
    if part["type"] == "text" and part["text"]:
        yield with_options({"type": "text", "text": part["text"]}, part, ANTHROPIC.provider)
    elif part["type"] in ("image", "file"):
        yield with_options(_media_block(media_of(part, ANTHROPIC)), part, ANTHROPIC.provider)


def _media_block(media: Media) -> dict[str, Any]:
    if media.is_image:
        return {"type": "image", "source": _source(media)}
    if media.media_type == "application/pdf":
        return _document(media, _source(media))
    if media.media_type.startswith("text/") and media.base64 is not None:
        return _document(media, {"type": "text", "media_type": "text/plain", "data": _decoded(media.base64)})
    raise ANTHROPIC.unsupported(f"a file of type {media.media_type}; it takes images, PDF, and text as data")


def _document(media: Media, source: dict[str, Any]) -> dict[str, Any]:
    title = {"title": media.filename} if media.filename else {}
    return {"type": "document", "source": source, **title}


def _source(media: Media) -> dict[str, Any]:
    if media.url:
        return {"type": "url", "url": media.url}
    return {"type": "base64", "media_type": media.media_type, "data": media.base64}


def _decoded(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise ANTHROPIC.unsupported("a text file whose data is not UTF-8 in base64") from None

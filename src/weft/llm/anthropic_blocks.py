"""Parts of messages as content blocks of Anthropic's Messages API. The blocks are new: nobody else holds them."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any, Final

from weft.errors import ProviderError
from weft.llm.history import facts_of, failed, input_of, output_parts
from weft.llm.media import Media, held_file, media_of
from weft.llm.parts import with_options
from weft.llm.vendor import Vendor
from weft.threads.json_values import string
from weft.threads.messages import Part

Block = dict[str, Any]

ANTHROPIC: Final = Vendor(
    provider="anthropic",
    label="Anthropic",
    key_variable="ANTHROPIC_API_KEY",
    url_variable="ANTHROPIC_BASE_URL",
    default_url="https://api.anthropic.com",
)
_FAILED: Final = "The tool failed."
_WITH_CALLS: Final[tuple[str, ...]] = ("caller", "toolset_name")


def user_blocks(part: Part) -> Iterator[Block]:
    """What a user's part is to the model."""
    if (block := text_block(part)) is not None:
        yield block
    elif part["type"] in ("image", "file"):
        yield with_own_options(_media_block(part), part)


def text_block(part: Part) -> Block | None:
    """A text that says something; the API refuses blanks."""
    text = string(part, "text") if part["type"] == "text" else None
    return with_own_options({"type": "text", "text": text}, part) if text and text.strip() else None


def with_own_options(block: Block, part: Part) -> Block:
    """The block, and over it the part's own options: a cache mark, by either name, or whether it may be cited."""
    optioned = with_options(block, part, ANTHROPIC.provider)
    mark = optioned.pop("cacheControl", None)
    return {"cache_control": mark, **optioned} if mark else optioned


def thinking_block(part: Part) -> Block | None:
    """Reasoning as it came; None for what this API has not signed, which it would refuse."""
    facts = facts_of(part, ANTHROPIC.provider)
    if (sealed := string(facts, "redactedData")) is not None:
        return {"type": "redacted_thinking", "data": sealed}
    if (signature := string(facts, "signature")) is not None:
        return {"type": "thinking", "thinking": string(part, "text") or "", "signature": signature}
    return None


def call_block(part: Part, id_: str) -> Block:
    """A call of a tool that the API does not run itself."""
    facts = facts_of(part, ANTHROPIC.provider)
    block = {"type": "tool_use", "id": id_, "name": string(part, "toolName") or "unknown", "input": input_of(part)}
    return with_own_options(block | {name: facts[name] for name in _WITH_CALLS if name in facts}, part)


def result_block(part: Part, call: Block) -> Block:
    """The result of such a call; a text alone as the text that it is."""
    blocks = [block for item in output_parts(part) for block in _result_blocks(item)]
    alone = blocks[0]["text"] if [block.keys() for block in blocks] == [{"type", "text"}] else None
    content = alone or blocks or (_FAILED if failed(part) else None)
    told = {
        "type": "tool_result",
        "tool_use_id": call["id"],
        "content": content,
        "is_error": failed(part) or None,
        "toolset_name": call.get("toolset_name"),
    }
    return with_own_options({name: value for name, value in told.items() if value is not None}, part)


def _result_blocks(part: Part) -> Iterator[Block]:
    """A part of a result. A file that the model cannot read is named, for a result is better than none."""
    try:
        yield from user_blocks(part)
    except ProviderError as error:
        yield {"type": "text", "text": f"[{string(part, 'filename') or 'file'}: {error.message}]"}


def _media_block(part: Part) -> Block:
    if (file_id := held_file(part, ANTHROPIC)) is not None:
        source = {"type": "file", "file_id": file_id}
        return {"type": "image", "source": source} if _is_image(part) else _document(string(part, "filename"), source)
    media = media_of(part, ANTHROPIC)
    if media.is_image:
        return {"type": "image", "source": _source(media)}
    if media.media_type == "application/pdf":
        return _document(media.filename, _source(media))
    if media.media_type.startswith("text/") and media.base64 is not None:
        text = {"type": "text", "media_type": "text/plain", "data": _decoded(media.base64)}
        return _document(media.filename, text)
    raise ANTHROPIC.unsupported(f"a file of type {media.media_type}; it takes images, PDF, and text as data")


def _is_image(part: Part) -> bool:
    return part["type"] == "image" or (string(part, "mediaType") or "").startswith("image/")


def _document(title: str | None, source: Block) -> Block:
    return {"type": "document", "source": source, **({"title": title} if title else {})}


def _source(media: Media) -> Block:
    if media.url:
        return {"type": "url", "url": media.url}
    return {"type": "base64", "media_type": media.media_type, "data": media.base64}


def _decoded(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise ANTHROPIC.unsupported("a text file whose data is not UTF-8 in base64") from None

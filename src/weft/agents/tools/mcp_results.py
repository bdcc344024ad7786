"""What an MCP server's tool gave, as an output."""

from collections.abc import Sequence
from typing import Any, assert_never

from mcp.types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
)

from weft.agents.tools.outputs import error_output
from weft.threads.messages import Part


def output_of_result(result: CallToolResult) -> Part:
    """An error as text, structured content as JSON, texts as one text, and anything with a file as content parts."""
    items = [_item(block) for block in result.content]
    texts = [item["text"] for item in items if item["type"] == "text"]
    said = "\n".join(texts)
    if result.is_error:
        return error_output(said or "the tool failed")
    if len(texts) < len(items):
        return {"type": "content", "value": items}
    structured = result.structured_content
    if structured is None or _is_wrapped(structured, texts):
        return {"type": "text", "value": said}
    return {"type": "json", "value": structured}


def _is_wrapped(structured: Any, texts: Sequence[str]) -> bool:
    """Servers wrap a plain text so that it counts as structured."""
    return bool(structured == {"result": "\n".join(texts)})


def _item(block: ContentBlock) -> Part:
    match block:
        case TextContent():
            return {"type": "text", "text": block.text}
        case ImageContent() | AudioContent():
            return _file(block.data, block.mime_type)
        case ResourceLink():
            told = f"{block.title or block.name}: {block.uri}"
            return {"type": "text", "text": told if block.description is None else f"{told} ({block.description})"}
        case EmbeddedResource():
            held = block.resource
            if isinstance(held, BlobResourceContents):
                return _file(held.blob, held.mime_type or "application/octet-stream")
            return {"type": "text", "text": held.text}
        case _:
            assert_never(block)


def _file(data: str, media_type: str) -> Part:
    return {"type": "file", "data": {"type": "data", "data": data}, "mediaType": media_type}

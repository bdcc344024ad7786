"""What an answer of Anthropic's rests on: pages with an address, and documents of the conversation."""

from collections.abc import Iterator
from typing import Any

from weft.llm.anthropic_blocks import Block
from weft.llm.model import DocumentCited, SourceFound
from weft.llm.parts import Sources
from weft.threads.json_values import is_list, is_object, string

_ADDRESSES = ("http://", "https://")


class Citations:
    """Reads citations; `body` is the request, whose documents they count."""

    def __init__(self, body: dict[str, Any]) -> None:
        self._documents = [block for message in body["messages"] for block in _documents(message["content"])]
        self._sources = Sources()

    def read(self, cited: Any) -> Iterator[SourceFound | DocumentCited]:
        """The source of a citation, when it is the first to name it."""
        if not is_object(cited):
            return
        title = string(cited, "title") or string(cited, "document_title")
        if (address := string(cited, "url")) is not None:
            yield from self._sources.found(address, title)
        elif (source := string(cited, "source")) is not None:
            yield from self._named(source, title)
        elif isinstance(index := cited.get("document_index"), int):
            yield from self._document(index, title)

    def _named(self, source: str, title: str | None) -> Iterator[SourceFound | DocumentCited]:
        """A search result of ours: its source may be an address or any other name."""
        if source.startswith(_ADDRESSES):
            yield from self._sources.found(source, title)
        else:
            yield from self._sources.document(source, title or source)

    def _document(self, index: int, title: str | None) -> Iterator[SourceFound | DocumentCited]:
        block: Block = self._documents[index] if 0 <= index < len(self._documents) else {}
        source: Block = block.get("source") or {}
        name = title or string(block, "title")
        if (address := string(source, "url")) is not None:
            yield from self._sources.found(address, name)
        else:
            media_type = string(source, "media_type") or "application/octet-stream"
            yield from self._sources.document(index, name or f"Document {index + 1}", media_type)


def _documents(content: Any) -> Iterator[Block]:
    """The documents among blocks and in the results of tools, in the order in which the API counts them."""
    for block in content if is_list(content) else ():
        if block.get("type") == "document":
            yield block
        elif block.get("type") == "tool_result":
            yield from _documents(block.get("content"))

"""The content of an answer as Anthropic sent it, put together again from the events of its stream.

It is what a call that the API has paused is gone on with, and what a handler of raw responses is shown.
"""

import json
from typing import Any, Final

from anthropic import BaseModel

from weft.llm.anthropic_blocks import Block
from weft.threads.json_values import is_object

# The deltas that are more of a text: which of their fields, which is also that of the block.
_GROWING: Final = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}


def raw(value: object) -> dict[str, Any]:
    """An SDK's object as it came over the wire, with what the SDK does not know, and without what is null."""
    fields = value.to_dict(mode="json", warnings=False) if isinstance(value, BaseModel) else {}
    return {name: given for name, given in fields.items() if given is not None}


class Content:
    """The blocks of one response, by their index."""

    def __init__(self) -> None:
        self._blocks: dict[int, Block] = {}
        self._written: dict[int, dict[str, list[str]]] = {}

    def open(self, index: int, block: Block) -> None:
        self._blocks[index] = dict(block)

    def grow(self, index: int, delta: dict[str, Any]) -> None:
        """Adds a delta to its block."""
        block = self._blocks.setdefault(index, {"type": "text", "text": ""})
        kind = delta.get("type", "")
        if (name := _GROWING.get(kind)) is not None:
            self._written.setdefault(index, {}).setdefault(name, []).append(delta.get(name) or "")
        elif kind == "signature_delta":
            block["signature"] = delta.get("signature")
        elif kind == "citations_delta":
            block.setdefault("citations", []).append(delta.get("citation"))

    def input_text(self, index: int) -> str:
        """The input of a call as it was written; of one without fragments, what it began with."""
        written = "".join(self._written.get(index, {}).get("partial_json", ()))
        return written if written.strip() else json.dumps(self._blocks[index].get("input") or {}, ensure_ascii=False)

    def block(self, index: int) -> Block:
        """A block so far. An input that is no JSON object is left as it began."""
        block = self._blocks[index]
        pieces = self._written.get(index, {})
        texts = {
            name: f"{block.get(name) or ''}{''.join(pieces[name])}" for name in ("text", "thinking") if name in pieces
        }
        return block | texts | (self._input(index) if "partial_json" in pieces else {})

    def _input(self, index: int) -> dict[str, Any]:
        try:
            written = json.loads(self.input_text(index))
        except (ValueError, RecursionError):
            return {}
        return {"input": written} if is_object(written) else {}

    @property
    def blocks(self) -> list[Block]:
        """All blocks but empty texts, in their order."""
        found = (self.block(index) for index in sorted(self._blocks))
        return [block for block in found if block.get("type") != "text" or (block.get("text") or "").strip()]

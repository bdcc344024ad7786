"""A conversation as Anthropic's Messages API takes it: roles alternate, and results come directly after their calls.

What is said becomes the same blocks in every call, so that the prompt of a later one begins with the earlier's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from weft.llm.anthropic_blocks import (
    ANTHROPIC,
    Block,
    call_block,
    result_block,
    text_block,
    thinking_block,
    user_blocks,
)
from weft.llm.history import facts_of, paired
from weft.llm.model import ModelMessage
from weft.threads.json_values import is_object, string
from weft.threads.messages import MessageRole, Part

_THINKING: Final = ("thinking", "redacted_thinking")
_ILLEGAL: Final = re.compile(r"[^a-zA-Z0-9_-]")
# A conversation must begin with its user; one that an agent opened gets this in front.
_OPENING: Final = "(The assistant begins the conversation.)"


def conversation(messages: Sequence[ModelMessage]) -> list[dict[str, Any]]:
    """The messages but the system's. Calls without a result, results without a call and empty messages are left out."""
    told = paired([message for message in messages if message.role is not MessageRole.SYSTEM])
    turns = _Turns()
    reader = _Reader(told)
    for message in told:
        match message.role:
            case MessageRole.ASSISTANT:
                turns.add("assistant", reader.said(message))
            case MessageRole.TOOL:
                turns.add("user", reader.answered(message))
            case _:
                turns.add("user", [block for part in message.content for block in user_blocks(part)])
    return turns.messages


@dataclass(slots=True)
class _Turns:
    """Messages of which no two in a row have one role."""

    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def add(self, role: str, blocks: list[Block]) -> None:
        if not blocks:
            return
        if not self.messages and role == "assistant":
            self.add("user", [{"type": "text", "text": _OPENING}])
        if self.messages and self.messages[-1]["role"] == role:
            self.messages[-1]["content"] += blocks
        else:
            self.messages.append({"role": role, "content": blocks})


class _Reader:
    """Reads what the assistant said and called, and what the tools answered."""

    def __init__(self, told: Sequence[ModelMessage]) -> None:
        blocks = (_raw_block(part) for message in told for part in message.content if part["type"] == "tool-result")
        self._ran = {string(block, "tool_use_id") for block in blocks if block is not None}
        said = [message for message in told if message.role is not MessageRole.TOOL]
        # The message whose calls of the API's own tools may still get their results.
        self._unfinished = said[-1] if said else None
        self._ids: set[str] = set()
        self._calls: dict[str, Block] = {}
        self._running: set[str | None] = set()

    def said(self, message: ModelMessage) -> list[Block]:
        unfinished = message is self._unfinished
        blocks = [block for part in message.content for block in self._said(part, unfinished)]
        while blocks and blocks[-1]["type"] in _THINKING:  # refused at the end of a message
            blocks.pop()
        return blocks

    def answered(self, message: ModelMessage) -> list[Block]:
        """The results of the calls of the message before."""
        return [result_block(part, self._calls[part["toolCallId"]]) for part in message.content]

    def _said(self, part: Part, unfinished: bool) -> Iterator[Block]:
        match part["type"]:
            case "text" if (block := text_block(part)) is not None:
                yield block
            case "reasoning" if (block := thinking_block(part)) is not None:
                yield block
            case "tool-call" if part.get("providerExecuted") is not True:
                block = self._calls[part["toolCallId"]] = call_block(part, self._legal_id(part["toolCallId"]))
                yield block
            case "tool-call" if (block := _raw_block(part)) is not None:
                id_ = string(block, "id")
                if unfinished or id_ in self._ran:
                    self._running.add(id_)
                    yield block
            case "tool-result" if (block := _raw_block(part)) is not None:
                if string(block, "tool_use_id") in self._running:
                    yield block
            case _:  # documents in an assistant's turn are refused; sources are no concern of the model
                pass

    def _legal_id(self, id_: str) -> str:
        """The id, in the API's characters and unlike all before it: another provider may have given it."""
        legal = unique = _ILLEGAL.sub("_", id_) or "call"
        number = 1
        while unique in self._ids:
            number += 1
            unique = f"{legal}_{number}"
        self._ids.add(unique)
        return unique


def _raw_block(part: Part) -> Block | None:
    """The block of a call, or of a result, of a tool that the API ran itself: as it was sent."""
    block = facts_of(part, ANTHROPIC.provider).get("block")
    return block if is_object(block) else None

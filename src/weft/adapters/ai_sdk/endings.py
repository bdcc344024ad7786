"""The last chunks of a message: how its generation ended, in the words of the AI SDK."""

from typing import Final

from weft.threads.generations import Generation, GenerationStatus
from weft.threads.streams import Chunk
from weft.threads.ui_messages import UIMessage

_REASONS: Final = frozenset({"stop", "length", "content-filter", "tool-calls", "error", "other"})

INTERRUPTED: Final[tuple[Chunk, ...]] = ({"type": "finish", "finishReason": "interrupted"},)
"""Keeps the AI SDK from sending the message again by itself."""


def ending(generation: Generation, finish: Chunk | None, message: UIMessage | None) -> list[Chunk]:
    """`finish` is what its stream said."""
    match generation.status:
        case GenerationStatus.FAILED:
            return [{"type": "error", "errorText": generation.error or "the answer failed"}]
        case GenerationStatus.ABORTED:
            reason = {} if generation.error is None else {"reason": generation.error}
            return [{"type": "abort", **reason}, *INTERRUPTED]
        case _:
            said = None if finish is None else finish.get("finishReason")
            default = "tool-calls" if generation.status is GenerationStatus.WAITING else "stop"
            chunk: Chunk = {"type": "finish", "finishReason": said if said in _REASONS else default}
            return [chunk if message is None or message.metadata is None else _with(chunk, message.metadata)]


def _with(chunk: Chunk, metadata: object) -> Chunk:
    return {**chunk, "messageMetadata": metadata}

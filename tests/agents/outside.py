"""What the tests of streams of other writers share."""

from typing import Any, Final

import pytest
from tests.agents.services import Services
from tests.support import words

from weft.errors import ErrorCode, InputError
from weft.threads.messages import Message
from weft.threads.paging import PageRequest
from weft.threads.streams import Chunk, Stream

EVERYTHING: Final = PageRequest.of(last=20)
HELLO: Final[list[Chunk]] = [{"type": "start"}, {"type": "text-start", "id": "0"}, *words("Hello ", "there")]
TOOLS: Final[list[Chunk]] = [
    {"type": "start-step"},
    {"type": "tool-input-available", "toolCallId": "c1", "toolName": "look", "input": {}},
    {"type": "tool-output-available", "toolCallId": "c1", "output": "found"},
    {"type": "finish-step"},
    {"type": "start-step"},
    {"type": "text-start", "id": "1"},
    *words("Found.", id="1"),
]


async def refused(call: Any) -> tuple[ErrorCode, tuple[str, ...], str]:
    """How a call is refused: code, path, message."""
    with pytest.raises(InputError) as caught:
        await call
    return caught.value.reason, caught.value.path, caught.value.message


async def rows(services: Services, stream: Stream) -> list[Message]:
    """Those of the stream's turn."""
    return await services.store.messages.turns(stream.thread_id, [stream.order])

"""The app under measurement: a model that speaks at a given rate, and one whose answers make a realistic list."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

from benchmarks.stamps import stamped
from weft import Agent, create_app
from weft.testing import (
    Finish,
    FinishReason,
    ModelEvent,
    ModelRequest,
    ReasoningDelta,
    ScriptedModel,
    SourceFound,
    Step,
    TextDelta,
)


class Pulse:
    """Asked with `<count> <rate> <bytes>`, it emits so many stamped texts, at so many a second, of so many bytes."""

    provider = "benchmark"
    name = "pulse"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        count, rate, size = map(int, str(request.messages[-1].content[0]["text"]).split())
        clock = asyncio.get_running_loop().time
        start = clock()
        for number in range(count):
            await asyncio.sleep(start + number / rate - clock())
            yield TextDelta(stamped(time.time_ns(), number, size))
        yield Finish(FinishReason.STOP)


def essay(request: ModelRequest) -> Sequence[Step]:
    """Reasoning, a page of text and a source: the kinds of part that answers have."""
    asked = str(request.messages[-1].content[0]["text"])
    words = f"On {asked}: the shuttle carries the weft through the warp, and the reed beats it into the cloth. "
    return [
        ReasoningDelta("The user asks about cloth. I should be short and name a source. " * 2),
        TextDelta(words * 4),
        SourceFound("source-1", "https://example.org/weaving/plain-weave", "Plain weave"),
    ]


app = create_app([Agent("pulse", model=Pulse()), Agent("essay", model=ScriptedModel([essay], repeat=True))])

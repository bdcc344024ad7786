"""Weft, for `weft serve`."""

from collections.abc import AsyncIterator

from benchmarks.peers.servers.fake import deltas
from weft import Agent, create_app
from weft.testing import Finish, FinishReason, ModelEvent, ModelRequest, TextDelta


class Fake:
    """The fake model as Weft's."""

    provider = "benchmark"
    name = "fake"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        async for text in deltas(str(request.messages[-1].content[0]["text"])):
            yield TextDelta(text)
        yield Finish(FinishReason.STOP)


app = create_app([Agent("fake", model=Fake())])

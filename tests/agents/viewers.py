"""A viewer of a thread: what it would show after each thing it is told."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from tests.support import in_time

from weft.agents.weft import Weft
from weft.subscriptions.reader import Reader
from weft.threads.events import LiveEvent, MessageRemoved, MessageSaved, StreamAdvanced, StreamEnded, StreamStarted
from weft.threads.paging import PageRequest
from weft.threads.tool_parts import ToolPart, ToolState
from weft.threads.ui_messages import LiveStream, UIMessage, with_streams
from weft.threads.ui_parts import ReasoningPart, StepStartPart, TextPart, UIPart

_NEWEST: Final = PageRequest.of(None, None, None, None, newest=True)
_STATES: Final = list(ToolState)


class Viewer:
    """`moments` are the parts of the newest message after each event, as long as they changed."""

    def __init__(self) -> None:
        self.events: list[LiveEvent] = []
        self.moments: list[Sequence[UIPart]] = []
        self._messages: dict[str, UIMessage] = {}
        self._live: dict[str, LiveStream] = {}
        self._changed = asyncio.Event()

    def take(self, event: LiveEvent) -> None:
        self.events.append(event)
        match event:
            case MessageSaved():
                self._messages[event.ui_message.key] = event.ui_message
            case MessageRemoved():
                for key in event.keys:
                    self._messages.pop(key, None)
            case StreamStarted():
                self._live[event.live.stream.id] = event.live
            case StreamAdvanced():
                known = self._live[event.delta.stream_id]
                self._live[event.delta.stream_id] = LiveStream(known.stream, [*known.chunks, *event.delta.parts])
            case StreamEnded():
                del self._live[event.stream_id]
            case _:
                pass
        if self.shown and (not self.moments or self.moments[-1] != self.shown[-1].parts):
            self.moments.append(self.shown[-1].parts)
        self._changed.set()

    @property
    def shown(self) -> list[UIMessage]:
        messages = sorted(self._messages.values(), key=lambda message: (message.order, message.step_order))
        return with_streams(messages, list(self._live.values()))

    async def sees(self, holds: Callable[[list[UIMessage]], bool]) -> list[UIMessage]:
        """What it shows once that holds."""

        async def wait() -> None:
            while not holds(self.shown):
                self._changed.clear()
                await self._changed.wait()

        await in_time(wait())
        return self.shown

    async def follow(self, reader: Reader) -> None:
        async for item in reader:
            self.take(item.event)


@asynccontextmanager
async def viewing(weft: Weft, thread_id: str) -> AsyncGenerator[Viewer, None]:
    """A viewer that has come before the first message."""
    reader = await weft.feeds.thread(thread_id, None)
    viewer = Viewer()
    following = asyncio.create_task(viewer.follow(reader))
    try:
        yield viewer
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await reader.aclose()


async def screen(weft: Weft, thread_id: str) -> list[UIMessage]:
    """What somebody is shown who reads the thread now."""
    thread = await weft.store.threads.get(thread_id)
    assert thread is not None
    page = await weft.messages.ui_page(thread_id, _NEWEST)
    return with_streams(page.nodes, (await weft.streams.moment(thread)).live)


def grows_into(parts: Sequence[UIPart], final: Sequence[UIPart]) -> bool:
    """Whether each part is the final one of its place, or on its way to be it: nothing twice, nothing lost.

    Before its first call an answer has no step (docs/decisions/0008).
    """
    if not any(isinstance(part, StepStartPart) for part in parts):
        final = [part for part in final if not isinstance(part, StepStartPart)]
    return len(parts) <= len(final) and all(map(_becomes, parts, final))


def _becomes(part: UIPart, final: UIPart) -> bool:
    if isinstance(part, ToolPart) and isinstance(final, ToolPart):
        same = (part.tool_call_id, part.tool_name) == (final.tool_call_id, final.tool_name)
        return same and _STATES.index(part.state) <= _STATES.index(final.state)
    if isinstance(part, TextPart | ReasoningPart) and isinstance(final, TextPart | ReasoningPart):
        return type(part) is type(final) and final.text.startswith(part.text)
    return part == final

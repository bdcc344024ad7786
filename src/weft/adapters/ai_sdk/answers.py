"""A generation as the one message that a screen shows of it: its id, its parts now, and those before a stream."""

from collections.abc import Sequence
from dataclasses import dataclass

from weft.agents.access.seen import Services
from weft.threads.generations import Generation, GenerationStatus
from weft.threads.messages import Message, MessageRole
from weft.threads.paging import MAX_SIZE, PageRequest
from weft.threads.projection import shown_parts
from weft.threads.streams import Stream
from weft.threads.ui_messages import UIMessage, UIMessageRole, ui_messages
from weft.threads.ui_parts import UIPart

UNDER_WAY = (GenerationStatus.QUEUED, GenerationStatus.RUNNING)
"""Those that will go on by themselves."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`message` is None when its rows are deleted."""

    message: UIMessage | None
    rows: Sequence[Message]

    def before(self, stream: Stream) -> list[UIPart]:
        """What earlier rows hold. Results in the row that a stream begins with may be missing in the stream."""
        if self.message is None:
            return []
        first, start = self.message.step_order, stream.step_order
        rows = [row for row in self.rows if first <= row.step_order <= start]
        if rows and rows[-1].step_order == start and rows[-1].role is not MessageRole.TOOL:
            rows.pop()
        return shown_parts(rows) if rows else []


async def answer_of(weft: Services, generation: Generation) -> Answer:
    """The answer as it is stored now."""
    rows = await weft.messages.of_turn(generation.thread_id, generation.order)
    own = [row for row in await weft.messages.of_generation(generation) if row.role is not MessageRole.USER]
    if not own:
        return Answer(None, rows)
    shown = [message for message in ui_messages(rows) if message.role is UIMessageRole.ASSISTANT]
    fitting = [message for message in shown if message.step_order <= own[-1].step_order]
    return Answer(fitting[-1] if fitting else None, rows)


async def newest_generation(weft: Services, thread_id: str, order: int) -> Generation | None:
    """The newest of the thread's last hundred that answers a turn."""
    found = await recent_generations(weft, thread_id)
    return next((each for each in found if each.order == order), None)


async def live_generation(weft: Services, thread_id: str) -> Generation | None:
    """The newest one under way."""
    found = await recent_generations(weft, thread_id)
    return next((each for each in found if each.status in UNDER_WAY), None)


async def recent_generations(weft: Services, thread_id: str) -> list[Generation]:
    """The last hundred, newest first."""
    page = await weft.generations.page(thread_id, PageRequest.of(last=MAX_SIZE))
    return page.nodes[::-1]

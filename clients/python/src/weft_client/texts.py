"""The text of one answer, piece by piece."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from weft_client.errors import AbortedError, AnswerError
from weft_client.live import LiveThread, View
from weft_client.messages import Message, MessageState, Role
from weft_client.sending import Sending


async def texts(thread: LiveThread, sending: Sending) -> AsyncGenerator[str, None]:
    """What every look at the answer to a message adds to it. Raises if it cannot be sent, or if its answer fails."""
    generation = (await sending).generation
    if generation is None:
        return
    told = ""
    async with aclosing(thread.updates()) as views:
        async for view in views:
            answer = _answer(view, generation.order)
            if answer is not None and answer.text != told:
                begun = answer.text.startswith(told)
                yield answer.text.removeprefix(told) if begun else f"\n\n{answer.text}"
                told = answer.text
            if not thread.is_active(generation.id) and (answer is None or answer.settled):
                if answer is not None and answer.status is MessageState.FAILED:
                    raise await _failure(thread, generation.id, answer)
                return


def _answer(view: View, order: int) -> Message | None:
    return next((each for each in view.messages if each.order == order and each.role is Role.ASSISTANT), None)


async def _failure(thread: LiveThread, generation_id: str, answer: Message) -> AnswerError:
    message, data = answer.error or "The answer failed", {"generationId": generation_id}
    if await thread.was_aborted(generation_id):
        return AbortedError(message, data=data)
    return AnswerError(message, data=data)

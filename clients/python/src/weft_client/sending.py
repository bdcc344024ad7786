"""A message on its way: shown at once, then confirmed, or failed and kept until it is retried or discarded."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol, Self

from weft_client.api.fragments import Generation
from weft_client.api.input_types import SendMessageInput
from weft_client.api.send_message import SendMessageSendMessage
from weft_client.errors import AbortedError, ProtocolError, UnavailableError, WeftError
from weft_client.messages import Message
from weft_client.reading import message_of


class Outbox(Protocol):
    """What it needs of its thread."""

    @property
    def messages(self) -> tuple[Message, ...]: ...
    async def deliver(self, input: SendMessageInput) -> SendMessageSendMessage: ...
    def is_draft(self, client_id: str) -> bool: ...
    def confirmed(self, client_id: str, sent: SendMessageSendMessage) -> None: ...
    def changed_draft(self, client_id: str, error: WeftError | None) -> None: ...
    def discarded(self, client_id: str) -> None: ...
    def generation_of(self, order: int) -> Generation | None: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What the server made of a message. `generation`: the answer that it started; None if none was asked for.

    `cursor` is the moment just after the message; None if only an event told that it arrived.
    """

    client_id: str
    message: Message
    generation: Generation | None
    cursor: str | None


class Sending:
    """Await it for the outcome: a `Sent` when the server has the message, or the error that kept it from being sent.

    Sending it again is safe however it failed: it keeps its `client_id`, and the server stores one message for it.
    """

    def __init__(self, thread: Outbox, input: SendMessageInput, client_id: str) -> None:
        self._thread = thread
        self._input = input
        self._task: asyncio.Task[None] | None = None
        self._error: WeftError | None = None
        self._sent: Sent | None = None
        self.client_id = client_id

    @property
    def error(self) -> WeftError | None:
        """Why it could not be sent; None while it is on its way, and when it is there after all."""
        return self._error if self._thread.is_draft(self.client_id) else None

    @property
    def failed(self) -> bool:
        return self.error is not None

    @property
    def done(self) -> bool:
        """Whether the server has it, or it was discarded."""
        return not self._thread.is_draft(self.client_id)

    @property
    def message(self) -> Message | None:
        """It as it is shown now; None when it was discarded or deleted."""
        return next((message for message in self._thread.messages if message.client_id == self.client_id), None)

    def start(self) -> Self:
        """For the thread that makes it."""
        self._error = None
        self._task = asyncio.create_task(self._send(), name=f"weft send {self.client_id}")
        return self

    def retry(self) -> Self:
        """Sends it again if it failed; await it as before."""
        if self.failed:
            self._thread.changed_draft(self.client_id, None)
            self.start()
        return self

    async def discard(self) -> None:
        """Takes it back if the server did not confirm it; what was on its way may have arrived all the same."""
        await self.close()
        self._thread.discarded(self.client_id)

    async def close(self) -> None:
        """Waits no longer for the server. The message stays, as failed."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def __await__(self) -> Generator[None, None, Sent]:
        return self._outcome().__await__()

    async def _outcome(self) -> Sent:
        if self._task is not None:
            await self._task
        if self.error is not None:
            raise self.error
        if self._sent is not None:
            return self._sent
        if (message := self.message) is None:
            raise AbortedError("The message was discarded before the server confirmed it")
        return Sent(self.client_id, message, self._thread.generation_of(message.order), None)

    async def _send(self) -> None:
        try:
            sent = await self._thread.deliver(self._input)
        except WeftError as error:
            self._fail(error)
        except asyncio.CancelledError:
            self._fail(UnavailableError("It was cancelled before the server answered; sending it again is safe"))
            raise
        else:
            self._confirm(sent)

    def _confirm(self, sent: SendMessageSendMessage) -> None:
        if sent.sent_message is None:
            self._fail(ProtocolError("The server sent neither a message nor an error"))
            return
        self._thread.confirmed(self.client_id, sent)
        self._sent = Sent(self.client_id, message_of(sent.sent_message), sent.generation, sent.cursor)

    def _fail(self, error: WeftError) -> None:
        self._error = error
        self._thread.changed_draft(self.client_id, error)

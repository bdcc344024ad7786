"""What a person can do in a thread. Each call raises what the server answers; nothing is dropped."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from weft_client.api.approve_tool_call import ApproveToolCallApproveToolCall
from weft_client.api.client import Api
from weft_client.api.deny_tool_call import DenyToolCallDenyToolCall
from weft_client.api.enums import GenerationStatus
from weft_client.api.fragments import Generation
from weft_client.api.input_types import (
    AbortGenerationInput,
    AbortStreamsInput,
    GenerationOptionsInput,
    RegenerateInput,
    SendMessageInput,
    SubmitToolResultInput,
    ToolDecisionInput,
)
from weft_client.api.send_message import SendMessageSendMessage
from weft_client.api.submit_tool_result import SubmitToolResultSubmitToolResult
from weft_client.drafts import shown_parts
from weft_client.errors import InvalidInputError, NotFoundError, WeftError
from weft_client.given import lean
from weft_client.messages import Message, ToolPart
from weft_client.sending import Sending
from weft_client.store import ACTIVE, Draft, ThreadStore


class ThreadActions(ABC):
    """The half of LiveThread that writes."""

    def __init__(self, api: Api, store: ThreadStore) -> None:
        self._api = api
        self._store = store
        self._sendings: dict[str, Sending] = {}

    @property
    def id(self) -> str:
        return self._store.thread_id

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that is here, in order; what was sent and is not confirmed comes last."""
        return self._store.messages()

    @abstractmethod
    def _wake(self) -> None:
        """Tells whoever watches."""

    # ---------------------------------------------------------------- sending
    def send(
        self,
        text: str | None = None,
        *,
        content: Sequence[Mapping[str, Any]] | None = None,
        agent_name: str | None = None,
        metadata: Any = None,
        generate: bool = True,
        options: GenerationOptionsInput | None = None,
    ) -> Sending:
        """Shows a user message at once and sends it; await what it returns for the outcome.

        `text`, or `content`: parts as `[{"type": "text", "text": "…"}, {"type": "image", "image": "https://…"}]`.
        `agent_name` may be absent if the server has just one agent. `generate=False` only saves the message. When it
        cannot be sent it stays among `messages`, as FAILED: `retry` or `discard` what this returned.
        """
        if (text is None) == (content is None):
            raise InvalidInputError("give text, or content, not both", path=("text",))
        client_id = str(uuid4())
        parts = None if content is None else [dict(part) for part in content]
        input = SendMessageInput(
            thread_id=self.id,
            agent_name=agent_name,
            prompt=text,
            content=parts,
            client_id=client_id,
            metadata=metadata,
            generate=generate,
            options=None if options is None else lean(options),
        )
        sending = Sending(self, lean(input), client_id)
        self._store.add_draft(Draft(client_id, shown_parts(text, parts), datetime.now(UTC)))
        self._sendings = {each.client_id: each for each in (*self.sendings, sending)}
        self._wake()
        return sending.start()

    @property
    def sendings(self) -> tuple[Sending, ...]:
        """What is on its way or could not be sent, the oldest first."""
        return tuple(sending for sending in self._sendings.values() if not sending.done)

    # What a Sending calls.
    async def deliver(self, input: SendMessageInput) -> SendMessageSendMessage:
        return await self._api.send_message(input)

    def is_draft(self, client_id: str) -> bool:
        return self._store.is_draft(client_id)

    def confirmed(self, client_id: str, sent: SendMessageSendMessage) -> None:
        self._store.confirm_draft(client_id, sent.sent_message)
        if sent.generation is not None:
            self._store.add_generation(sent.generation)
        self._wake()

    def changed_draft(self, client_id: str, error: WeftError | None) -> None:
        self._store.fail_draft(client_id, None if error is None else error.message)
        self._wake()

    def discarded(self, client_id: str) -> None:
        self._store.drop_draft(client_id)
        self._sendings.pop(client_id, None)
        self._wake()

    def generation_of(self, order: int) -> Generation | None:
        """The answer that is being given to a turn."""
        return next((each for each in self._store.active.values() if each.order == order), None)

    # ---------------------------------------------------------------- answers
    async def stop(self, reason: str | None = None) -> None:
        """Ends every answer that is being made, or waits for somebody; what was written stays. `reason` is shown."""
        active = list(self._store.active) if self._store.thread is not None else await self._active()
        for generation in active:
            await self._api.abort_generation(lean(AbortGenerationInput(generation_id=generation, reason=reason)))
        if not active:
            await self._api.abort_streams(lean(AbortStreamsInput(thread_id=self.id, reason=reason)))

    def is_active(self, generation_id: str) -> bool:
        """Whether a generation of this thread is queued, runs, or waits for somebody."""
        return generation_id in self._store.active

    async def was_aborted(self, generation_id: str) -> bool:
        """Whether somebody stopped it."""
        generation = await self._api.get_generation(generation_id)
        return generation is not None and generation.status is GenerationStatus.ABORTED

    async def _active(self) -> list[str]:
        """Of a thread that was not read."""
        thread = await self._api.list_generations(self.id, last=100)
        if thread is None:
            raise NotFoundError(f"There is no thread {self.id} that you may see")
        return [edge.node.id for edge in thread.generations.edges if edge.node.status in ACTIVE]

    async def regenerate(
        self,
        message: Message | str,
        *,
        prompt: str | None = None,
        agent_name: str | None = None,
        options: GenerationOptionsInput | None = None,
    ) -> Generation:
        """Throws away the answer to a message, or of which this message is, and answers again.

        `prompt` replaces the user's text first. Without `agent_name` the agent answers that did before.
        """
        id_ = message if isinstance(message, str) else message.id
        lean_options = None if options is None else lean(options)
        input = RegenerateInput(message_id=id_, agent_name=agent_name, prompt=prompt, options=lean_options)
        generation = (await self._api.regenerate(lean(input))).generation
        if generation is None:
            raise NotFoundError("The server started no answer")
        self._store.add_generation(generation)
        self._wake()
        return generation

    # ---------------------------------------------------------------- decisions
    async def approve(
        self, call: ToolPart | str, *, reason: str | None = None, continue_generation: bool = True
    ) -> ApproveToolCallApproveToolCall:
        """Lets a tool call run that waits: the shown call, or its `approval.id`.

        Raises:
            AlreadyHandledError: somebody else decided it.
        """
        return await self._api.approve_tool_call(self._decision(call, reason, continue_generation))

    async def deny(
        self, call: ToolPart | str, *, reason: str | None = None, continue_generation: bool = True
    ) -> DenyToolCallDenyToolCall:
        """Does not let it run; the model is told, with the reason. Raises as `approve` does."""
        return await self._api.deny_tool_call(self._decision(call, reason, continue_generation))

    def _decision(self, call: ToolPart | str, reason: str | None, go_on: bool) -> ToolDecisionInput:
        id_ = call if isinstance(call, str) else call.approval.id if call.approval is not None else ""
        decision = ToolDecisionInput(thread_id=self.id, approval_id=id_, reason=reason, continue_generation=go_on)
        return lean(decision)

    async def submit(
        self,
        call: ToolPart | str,
        output: Any = None,
        *,
        error_text: str | None = None,
        answered_by: str | None = None,
        continue_generation: bool = True,
    ) -> SubmitToolResultSubmitToolResult:
        """Gives the result of a call that a person or this program answers: the shown call, or its `tool_call_id`.

        `output` is any JSON value but null; with `error_text` the call failed. Raises as `approve` does.
        """
        id_ = call if isinstance(call, str) else call.tool_call_id
        input = lean(
            SubmitToolResultInput(
                thread_id=self.id,
                tool_call_id=id_,
                error_text=error_text,
                answered_by=answered_by,
                continue_generation=continue_generation,
            )
        )
        if error_text is None:
            input.output = output
        return await self._api.submit_tool_result(input)

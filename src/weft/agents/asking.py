"""What a caller gives to be answered: what of it is stored, and what only the model is told (behaviour.md row 48)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weft.agents.limits import MAX_CLIENT_ID, Sizes, check_text
from weft.agents.saving import MOST_MESSAGES
from weft.errors import ErrorCode, InputError
from weft.threads.drafts import Draft, draft
from weft.threads.generations import GenerationOptions, Given, SaveMode
from weft.threads.messages import MessageRole, Part
from weft.threads.quotas import Quota


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller gives to be answered."""

    thread_id: str | None
    user_id: str | None
    prompt: Sequence[Part] | None
    messages: Sequence[Draft]
    prompt_message_id: str | None
    options: GenerationOptions
    custom: Mapping[str, Any]
    client_id: str | None = None
    at_once: bool = False
    quota: Quota | None = None

    def saved(self, mode: SaveMode) -> list[Draft]:
        """Those of the messages that are stored (behaviour.md row 48)."""
        if self.prompt_message_id is not None:
            return []
        given = list(self.messages)
        prompts = [] if self.prompt is None else [Draft(MessageRole.USER, self.prompt)]
        if mode is SaveMode.ALL:
            return [*given, *prompts]
        return prompts or given[-1:]

    def given(self, mode: SaveMode) -> Given | None:
        """What only the model is told: messages that are not stored, and a prompt in place of the stored one."""
        stored = {id(each) for each in self.saved(mode)}
        told = [(each.role, each.content) for each in self.messages if id(each) not in stored]
        instead = self.prompt if self.prompt_message_id is not None else None
        return Given(told, instead) if told or instead is not None else None


def asked_of(
    thread_id: str | None,
    user_id: str | None,
    prompt: str | None,
    content: Any,
    messages: Sequence[Draft],
    prompt_message_id: str | None,
    options: GenerationOptions,
    custom: Mapping[str, Any] | None,
    sizes: Sizes,
) -> Asked:
    """What was given, checked.

    Raises:
        InputError: nothing to answer, nowhere to answer, or too much; the path says where.
    """
    if thread_id is None and user_id is None:
        raise InputError("Specify userId or threadId", path=("input", "threadId"))
    if thread_id is None and prompt_message_id is not None:
        raise InputError("a stored message is answered in its thread: give threadId", path=("input", "threadId"))
    sizes.check_prompt(content if prompt is None else prompt, "input", "prompt")
    sizes.check_metadata(custom, "input", "custom")
    if len(messages) > MOST_MESSAGES:
        message = f"there are {len(messages)} messages; the limit is {MOST_MESSAGES}"
        raise InputError(message, reason=ErrorCode.TOO_LARGE, path=("input", "messages"))
    for index, each in enumerate(messages):
        where = ("input", "messages", str(index))
        check_text(each.client_id, MAX_CLIENT_ID, *where, "clientId")
        sizes.check_metadata(each.metadata.custom, *where, "metadata", "custom")
    if prompt is not None and content is not None:
        raise InputError("give prompt or content, one of them", path=("input", "prompt"))
    if prompt is not None and not prompt.strip():
        raise InputError("the prompt is empty", path=("input", "prompt"))
    if prompt is None and content is None and not messages and prompt_message_id is None:
        raise InputError("give a prompt, messages or promptMessageId: there is nothing to answer", path=("input",))
    parts: Sequence[Part] | None = None
    if prompt is not None:
        parts = draft(prompt=prompt).content
    elif content is not None:
        parts = draft(role=MessageRole.USER, content=content, path=("input", "content")).content
    return Asked(thread_id, user_id, parts, messages, prompt_message_id, options, custom or {})

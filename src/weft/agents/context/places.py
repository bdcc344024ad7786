"""Where a context that somebody wants to see is: what was given, checked, and as what it would be stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from weft.agents.context.history import END_OF_TURN, Place
from weft.agents.context.searching import LONGEST_TEXT
from weft.agents.limits import Sizes, check_text
from weft.agents.saving import MOST_MESSAGES
from weft.errors import ErrorCode, InputError, not_found
from weft.storage.store import Store
from weft.threads.drafts import Draft, draft
from weft.threads.generations import Given
from weft.threads.messages import Message, MessageRole
from weft.threads.threads import Thread


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show the context of, as a caller gives it."""

    thread_id: str | None
    user_id: str | None
    prompt: str | None
    messages: Sequence[Draft]
    prompt_message_id: str | None
    target_message_id: str | None
    search_text: str | None

    def check(self, sizes: Sizes) -> None:
        """Raises InputError: nothing to answer, nowhere, or too much of it."""
        if self.thread_id is None and self.user_id is None:
            raise InputError("Specify userId or threadId", path=("input", "threadId"))
        if self.prompt is not None and not self.prompt.strip():
            raise InputError("the prompt is empty", path=("input", "prompt"))
        sizes.check_prompt(self.prompt, "input", "prompt")
        check_text(self.search_text, LONGEST_TEXT, "input", "searchText")
        if len(self.messages) > MOST_MESSAGES:
            message = f"there are {len(self.messages)} messages; the limit is {MOST_MESSAGES}"
            raise InputError(message, reason=ErrorCode.TOO_LARGE, path=("input", "messages"))
        stored = {"promptMessageId": self.prompt_message_id, "targetMessageId": self.target_message_id}
        for name, message_id in stored.items():
            if message_id is not None and self.thread_id is None:
                raise InputError(f"{name} names a message of a thread; give threadId too", path=("input", "threadId"))
        if self.prompt is None and not self.messages and not any(stored.values()) and self.search_text is None:
            message = "give a prompt, messages, promptMessageId or targetMessageId: there is nothing to answer"
            raise InputError(message, path=("input",))

    @property
    def given(self) -> Given:
        """As it would be told: the last message of a user is the prompt when there is no other."""
        told = [(each.role, each.content) for each in self.messages]
        if self.prompt is not None:
            return Given(told, draft(prompt=self.prompt).content)
        if self.prompt_message_id is None and told and told[-1][0] is MessageRole.USER:
            return Given(told[:-1], told[-1][1])
        return Given(told)


async def wanted_of(store: Store, wanted: Wanted, sizes: Sizes) -> tuple[Place | None, Given, str | None]:
    """The place, what is given there, and whose thread it is.

    Raises:
        InputError: there is no such thread or message, or nothing to answer.
    """
    wanted.check(sizes)
    given = wanted.given
    if wanted.thread_id is None:
        return None, given, None
    thread = await store.threads.get(wanted.thread_id)
    if thread is None:
        raise not_found("thread", wanted.thread_id, "input", "threadId")
    prompt = await _message(store, thread, wanted.prompt_message_id, "promptMessageId")
    target = await _message(store, thread, wanted.target_message_id, "targetMessageId")
    if prompt is not None:
        return _answering(prompt, target), given, thread.user_id
    if target is not None:
        return await _as_of(store, target, given), given, thread.user_id
    return _at_the_end(thread, given), given, thread.user_id


async def _message(store: Store, thread: Thread, message_id: str | None, name: str) -> Message | None:
    if message_id is None:
        return None
    row = await store.messages.get(message_id)
    if row is None or row.thread_id != thread.id:
        raise not_found("message", message_id, "input", name)
    return row


def _answering(prompt: Message, target: Message | None) -> Place:
    """After all of the turn that there is, or up to the target."""
    if target is None:
        return Place(prompt.thread_id, prompt.order, END_OF_TURN, prompt.id)
    if target.order != prompt.order or target.position < prompt.position:
        message = "targetMessageId is not part of the answer to promptMessageId; give one of them"
        raise InputError(message, path=("input", "targetMessageId"))
    return Place(prompt.thread_id, prompt.order, target.step_order + 1, prompt.id)


async def _as_of(store: Store, target: Message, given: Given) -> Place:
    """Nothing new is asked: what answers the message that the target is, or answers. Else a turn after the target."""
    if given.prompt is not None or given.messages:
        return Place(target.thread_id, target.order, target.step_order + 1, None, new_turn=True)
    turn = await store.messages.turns(target.thread_id, [target.order])
    asked = [row.id for row in turn if row.role is MessageRole.USER and row.position <= target.position]
    return Place(target.thread_id, target.order, target.step_order + 1, asked[-1] if asked else target.id)


def _at_the_end(thread: Thread, given: Given) -> Place:
    """A user's message opens a turn; what nobody's message is continues the last one."""
    if given.prompt is None and given.messages and thread.last_order >= 0:
        return Place(thread.id, thread.last_order, END_OF_TURN, None)
    return Place(thread.id, thread.last_order + 1, 0, None)

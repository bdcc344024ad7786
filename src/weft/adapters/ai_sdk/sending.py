"""What a post of the AI SDK does: a new message, an edited one, an answer again, or decisions about waiting calls."""

from dataclasses import dataclass

from weft.adapters.ai_sdk.answers import UNDER_WAY, newest_generation
from weft.adapters.ai_sdk.deciding import decide
from weft.adapters.ai_sdk.requests import ChatRequest, ClientMessage, Trigger
from weft.adapters.ai_sdk.told import Told
from weft.agents.access.seen import Services
from weft.agents.generations import require_agent
from weft.errors import ErrorCode, InputError, not_found
from weft.threads.content import user_content
from weft.threads.generations import Generation
from weft.threads.messages import Message
from weft.threads.threads import Thread


@dataclass(frozen=True, slots=True)
class Started:
    """The generation to stream, and what the client has of its message already.

    `nothing_new`: that is all, and the client must not ask for more by itself.
    """

    generation: Generation
    told: Told
    nothing_new: bool = False


def may_be_first(weft: Services, asked: ChatRequest) -> bool:
    """Whether a chat may begin with the request: whatever is wrong with it is told before there is a thread.

    Raises:
        InputError: an unknown agent, or content that a user cannot send.
    """
    target = asked.target
    if asked.trigger is Trigger.REGENERATE or target.role == "assistant":
        return False
    if target.role != "user":
        raise InputError("the last message must be the user's", path=(*target.path, "role"))
    user_content(target.content(), (*target.path, "parts"))
    require_agent(weft.agents, asked.agent_name, "agentName")
    return True


async def start(weft: Services, thread: Thread, asked: ChatRequest) -> Started:
    """Does what was asked for; doing it again stores nothing again.

    Raises:
        InputError: an unknown message, or nothing to go on with.
    """
    if asked.trigger is Trigger.REGENERATE:
        return Started(await _regenerate(weft, thread, asked), Told())
    target = asked.target
    if target.role == "assistant":
        decided = await decide(weft, thread, target)
        return Started(decided.generation, decided.told, decided.nothing_new)
    return Started(await _submit(weft, thread, asked, target), Told())


async def _submit(weft: Services, thread: Thread, asked: ChatRequest, message: ClientMessage) -> Generation:
    content = message.content()
    known = await _stored(weft, thread, message.id)
    if known is None:
        sent = await weft.messages.send(
            thread.id,
            agent_name=asked.agent_name,
            content=content,
            metadata=message.metadata,
            client_id=message.id,
        )
        if sent.generation is not None:
            return sent.generation
        known = await _stored(weft, thread, message.id)
    if known is None:
        raise not_found("message", f"{message.id:.80}", "messageId")
    newest = await newest_generation(weft, thread.id, known.order)
    parts = user_content(content, (*message.path, "parts"))
    edited = list(known.content) != parts
    again = asked.message_id == message.id and (newest is None or newest.status not in UNDER_WAY)
    if newest is not None and not edited and not again:
        return newest
    if edited:
        await weft.messages.update(known.id, {"content": parts})
    await _forget_after(weft, thread, known)
    return await weft.generations.regenerate(known.id, asked.agent_name)


async def _regenerate(weft: Services, thread: Thread, asked: ChatRequest) -> Generation:
    """The named answer, or that to the last user message. What came after a named one the client has dropped."""
    named = None if asked.message_id is None else await _stored(weft, thread, asked.message_id)
    if named is not None:
        await _forget_after(weft, thread, named)
        return await weft.generations.regenerate(named.id, asked.agent_name)
    users = [message for message in asked.messages if message.role == "user"]
    prompt = await _stored(weft, thread, users[-1].id) if users else None
    if prompt is None:
        wanted = asked.message_id or (users[-1].id if users else "")
        raise InputError(f"message {wanted:.80} not found", reason=ErrorCode.NOT_FOUND, path=("messageId",))
    return await weft.generations.regenerate(prompt.id, asked.agent_name)


async def _stored(weft: Services, thread: Thread, message_id: str) -> Message | None:
    """The row that the client knows by this id: ours, or the one it gave."""
    row = await weft.messages.get(message_id)
    if row is not None and row.thread_id == thread.id:
        return row
    return await weft.messages.by_client_id(thread.id, message_id)


async def _forget_after(weft: Services, thread: Thread, row: Message) -> None:
    """Deletes the turns after a message, as the AI SDK does when one is edited or named to be answered again."""
    current = await weft.threads.require(thread.id, "id")
    if current.last_order > row.order:
        await weft.messages.delete_range(thread.id, row.order + 1, current.last_order + 1)

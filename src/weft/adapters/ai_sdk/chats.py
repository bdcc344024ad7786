"""Which thread a chat is: the thread of that id, or the one that the caller's own id stands for."""

from dataclasses import dataclass

from weft.adapters.ai_sdk.answers import UNDER_WAY, recent_generations
from weft.adapters.ai_sdk.event_stream import LimitedStreams
from weft.adapters.ai_sdk.requests import checked_id
from weft.agents.access.seen import Services
from weft.agents.generations import ABORTED
from weft.agents.limits import MAX_TEXT, check_text
from weft.errors import not_found
from weft.threads import ids
from weft.threads.paging import Page, PageRequest
from weft.threads.threads import Thread
from weft.threads.ui_messages import UIMessage, with_streams


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what of Weft they may reach. One without a user may name any that the policy lets them.

    `open_streams`: the responses that are open to them; None: they end only with the server.
    """

    weft: Services
    user_id: str | None = None
    open_streams: LimitedStreams | None = None

    def check_room(self) -> None:
        """Raises RateLimitedError when too many responses are open to them already."""
        if self.open_streams is not None:
            self.open_streams.check()


def is_thread_id(chat_id: str) -> bool:
    """Whether an id can only be one of ours."""
    return ids.prefix_of(chat_id) == ids.THREAD


async def find_chat(caller: Caller, chat_id: str, user_id: str | None) -> Thread | None:
    """The chat's thread; None when there is none yet."""
    checked_id(chat_id, "id")
    if is_thread_id(chat_id):
        return await caller.weft.threads.get(chat_id)
    return await caller.weft.threads.by_client_id(user_id or caller.user_id, chat_id)


async def require_chat(caller: Caller, chat_id: str, user_id: str | None) -> Thread:
    """Raises InputError when there is no such chat."""
    thread = await find_chat(caller, chat_id, user_id)
    if thread is None:
        raise not_found("chat", f"{chat_id:.80}", "id")
    return thread


async def open_chat(caller: Caller, chat_id: str, user_id: str | None) -> Thread:
    """The chat's thread, made if the id is the caller's own. Raises InputError for an unknown id of a thread."""
    if is_thread_id(chat_id):
        return await require_chat(caller, chat_id, user_id)
    found = await find_chat(caller, chat_id, user_id)
    return found or await caller.weft.threads.create(client_id=chat_id, user_id=user_id or caller.user_id)


async def messages_of(weft: Services, thread: Thread, request: PageRequest) -> Page[UIMessage]:
    """The messages as they are now, with what is being streamed; answers that say nothing yet are left out."""
    page = await weft.messages.ui_page(thread.id, request)
    moment = await weft.streams.moment(thread)
    shown = page.with_nodes(with_streams(page.nodes, moment.live))
    kept = [edge for edge in shown.edges if edge.node.parts or edge.node.pending_step is None]
    return Page(kept, page.has_next, page.has_previous)


async def stop(weft: Services, thread: Thread, reason: str | None) -> list[str]:
    """Stops the answers under way, and streams that others write; returns the ids of the generations stopped."""
    check_text(reason, MAX_TEXT, "reason")
    stopped: list[str] = []
    for generation in await recent_generations(weft, thread.id):
        if generation.status in UNDER_WAY:
            await weft.generations.abort(generation.id, reason or ABORTED)
            stopped.append(generation.id)
    await weft.streams.abort(thread.id, reason=reason)
    return stopped

"""The words that the policy is written in: what is checked before a service is called, and of what it answers."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from weft.agents.access.access import Access
from weft.errors import ForbiddenError, not_found
from weft.threads import ids
from weft.threads.drafts import Draft
from weft.threads.generations import GenerationOptions
from weft.threads.messages import MessageRole
from weft.threads.threads import Thread
from weft.threads.viewers import Action

Given = dict[str, Any]
"""A call's arguments by name; a check may change them."""
Check = Callable[[Access, Given], Awaitable[None]]
Filter = Callable[[Access, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`checks` run before the call, in order, and raise what the caller is told; `shown` is what of the answer is."""

    checks: Sequence[Check] = ()
    shown: Filter | None = None


ANYBODY: Final = Rule()


def thread(action: Action, *path: str, name: str = "thread_id") -> Check:
    """The thread that an argument names, if it names one."""

    async def check(access: Access, given: Given) -> None:
        if (thread_id := given.get(name)) is not None:
            await access.require(thread_id, action, *path)

    return check


def value_in_thread(name: str, action: Action = Action.READ) -> Check:
    """The thread of a value that was read before."""

    async def check(access: Access, given: Given) -> None:
        value = given[name]
        await access.require(value.id if isinstance(value, Thread) else value.thread_id, action)

    return check


def entity(kind: str, name: str, action: Action, *path: str) -> Check:
    """The thread of a message, stream or generation that an argument names."""

    async def check(access: Access, given: Given) -> None:
        id_ = given[name]
        found = await getattr(access.store, f"{kind}s").get(id_)
        if found is None or not await access.sees(found.thread_id, action):
            raise not_found(kind, id_, *path)

    return check


def own_user(name: str, *path: str, default: bool = True) -> Check:
    """A user may name nobody else. Without a name it is the user who asks, if `default`."""

    async def check(access: Access, given: Given) -> None:
        viewer = access.viewer
        if viewer.trusted:
            return
        if (user_id := given.get(name)) is None:
            given.update({name: viewer.user_id} if default else {})
        elif user_id != viewer.user_id:
            raise _not_yours(*path)

    return check


def own_user_in(name: str, *path: str) -> Check:
    """As `own_user`, for the field `user_id` of an argument: a mapping or a dataclass. Its absence is left as it is."""

    async def check(access: Access, given: Given) -> None:
        value = given.get(name)
        if access.viewer.trusted or value is None:
            return
        if isinstance(value, dict):
            if "user_id" in value and value["user_id"] != access.viewer.user_id:
                raise _not_yours(*path)
        elif value.user_id is not None and value.user_id != access.viewer.user_id:
            raise _not_yours(*path)

    return check


async def made_by_viewer(access: Access, given: Given) -> None:
    """What a key makes and nobody owns is that key's. Whoever has neither a user nor a key could not find it again."""
    viewer = access.viewer
    if viewer.user_id is None and viewer.key is None:
        raise ForbiddenError("threads are made by users and by keys; nobody asks here")
    given["made_by"] = viewer.key


async def counted(access: Access, given: Given) -> None:
    """Answers that it starts are counted for the viewer."""
    given["quota"] = access.quota


async def own_threads(access: Access, given: Given) -> None:
    """A list of threads holds the viewer's own: those of their user, or with `anonymous` those of their key."""
    viewer, narrowed = access.viewer, given["narrowed"]
    if viewer.trusted:
        return
    if narrowed.anonymous or viewer.user_id is None:
        # No key has this name: without one there is nothing to see.
        narrowed = replace(narrowed, anonymous=True, user_id=None, made_by=viewer.key or "nobody")
    elif narrowed.user_id not in (None, viewer.user_id):
        narrowed = replace(narrowed, anonymous=True, user_id=None, made_by="nobody")
    else:
        narrowed = replace(narrowed, user_id=viewer.user_id)
    given["narrowed"] = narrowed


async def guests_search_here(access: Access, given: Given) -> None:
    """Whoever writes in another user's thread has nothing looked up in that user's other threads."""
    if access.viewer.trusted or not access.in_threads_of_others:
        return
    options = given.get("options") or GenerationOptions()
    given["options"] = replace(options, context=replace(options.context, search_other_threads=False))


async def as_a_user(access: Access, given: Given) -> None:
    """What users may not change of an agent is looked at where the agent is known."""
    if not access.viewer.trusted and given.get("options") is not None:
        given["options"] = replace(given["options"], by_user=True)


async def no_system_messages(access: Access, given: Given) -> None:
    """Messages of role system tell a model how to behave: that is not for users to say."""
    messages: Sequence[Draft] = given.get("messages") or ()
    for index, message in enumerate(messages):
        if message.role is MessageRole.SYSTEM and not access.viewer.trusted:
            raise _no_system("input", "messages", str(index), "role")


async def no_system_message(access: Access, given: Given) -> None:
    """As `no_system_messages`, of one that is stored."""
    row = None if access.viewer.trusted else await access.store.messages.get(given["message_id"])
    if row is not None and row.role is MessageRole.SYSTEM:
        raise _no_system("input", "messageId")


async def own_reach(access: Access, given: Given) -> None:
    """A search looks through a thread that the viewer sees, or through all of their own."""
    if access.viewer.trusted:
        return
    if given.get("thread_id") is not None:
        await access.require(given["thread_id"], Action.READ, "input", "threadId")
    elif access.viewer.user_id is None:
        raise ForbiddenError("give threadId: a key without a user has no threads of a user to search")
    else:
        given.setdefault("user_id", None)
        given["user_id"] = given["user_id"] or access.viewer.user_id


async def hits_of_seen(access: Access, hits: Any) -> Any:
    """Without those in threads that an application's rule hides."""
    return [hit for hit in hits if await access.allowed(hit.thread)]


async def context_of_seen(access: Access, record: Any) -> Any:
    """Of messages of threads that the viewer does not see, only that they are there."""

    async def shown(item: Any) -> Any:
        if item.row is None or await access.sees(item.row.thread_id):
            return item
        return replace(item, row=None, message_id=None, content=[])

    items = [await shown(item) for item in record.items]
    return replace(record, items=items, left_out=[await shown(item) for item in record.left_out])


async def admin(access: Access, given: Given) -> None:
    if not access.viewer.admin:
        raise ForbiddenError("this needs the scope admin")


async def unseen_is_gone(access: Access, given: Given) -> None:
    """Deleting what is not there is no error; so it is with what is not there for the viewer."""
    thread_id = given["thread_id"]
    if ids.prefix_of(thread_id) == ids.THREAD and not await access.sees(thread_id, Action.DELETE):
        given["thread_id"] = ids.new_id(ids.THREAD)


async def seen_messages(access: Access, given: Given) -> None:
    """Of ids to delete only those of messages that the viewer may delete; the others name nothing."""
    if access.viewer.trusted:
        return
    wanted = list(given["message_ids"])
    rows = await access.store.messages.many(wanted[:1001])
    unseen = {row.id for row in rows.values() if not await access.sees(row.thread_id, Action.DELETE)}
    given["message_ids"] = [ids.new_id(ids.MESSAGE) if each in unseen else each for each in wanted]


async def found(access: Access, result: Any) -> Any:
    """What was read by its id, a thread or something in one; None if unseen."""
    if result is None:
        return None
    seen = access.allowed(result) if isinstance(result, Thread) else access.sees(result.thread_id)
    return result if await seen else None


async def found_first(access: Access, result: Any) -> Any:
    """As `found`, of what begins with a thread."""
    return None if result is None or not await access.allowed(result[0]) else result


def _no_system(*path: str) -> Exception:
    message = (
        "messages of role system are written by an application, not by its users: use a key with the scope service"
    )
    return ForbiddenError(message, path=path)


def _not_yours(*path: str) -> Exception:
    return ForbiddenError("userId is another user's; leave it out, or use a key with the scope service", path=path)

"""Following live: who may begin, and who may go on when a thread becomes another user's."""

from typing import Any

from weft.agents.access.access import Access
from weft.agents.access.rules import Given
from weft.errors import ForbiddenError, not_found
from weft.subscriptions.reader import Reader


async def may_follow(access: Access, given: Given) -> None:
    """The thread must be there for the viewer; or, with a cursor of it, have been theirs until it was deleted."""
    thread_id = given["thread_id"]
    if await access.sees(thread_id):
        return
    if given.get("after") is not None and await access.store.threads.get(thread_id) is None:
        told = await access.store.events.tombstone(thread_id)
        viewer = access.viewer
        if told is not None and (viewer.trusted or (told.user_id is not None and told.user_id == viewer.user_id)):
            return
    raise not_found("thread", thread_id, "threadId")


async def guarded(access: Access, reader: Any) -> Any:
    """A reader that is asked again whenever its thread changes."""
    assert isinstance(reader, Reader)
    reader.guard = access.guard
    return reader


async def own_list(access: Access, given: Given) -> None:
    """A user follows their own threads, all that they may list. A key without a user has no list to follow."""
    viewer = access.viewer
    if viewer.trusted:
        return
    wanted = given.get("user_id")
    if viewer.user_id is None or wanted not in (None, viewer.user_id):
        raise ForbiddenError("a list of threads is followed by its user, or by a key with the scope service")
    given["user_id"], given["everyone"] = viewer.user_id, False

"""Changing a message that is stored: its content and status, and what people think of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from weft.agents.limits import MAX_TEXT, Sizes, check_text
from weft.errors import InputError, not_found
from weft.storage.changes import Change
from weft.storage.search_entries import can_be_found
from weft.storage.store import Store
from weft.threads.forms import parse_content
from weft.threads.messages import Feedback, Message, is_tool_row, reasoning_of, text_of

_CHANGEABLE = {"content", "status", "error", "metadata"}


async def update(store: Store, message_id: str, changes: Mapping[str, Any], sizes: Sizes) -> Message:
    """Changes content, status, error or metadata; what derives from the content is derived again (row 36)."""
    assert changes.keys() <= _CHANGEABLE, changes
    found = await _require(store, message_id)
    if changes.get("status", found.status) is None:
        raise InputError("status cannot be cleared", path=("input", "status"))
    given = dict(changes)
    sizes.check_metadata(given.get("metadata"), "input", "metadata")
    if "content" in given:
        given["content"] = parse_content(found.role, given["content"], ("input", "content"))

    async def work(change: Change) -> Message:
        row = await store.messages.get(message_id, change.session)
        if row is None:
            raise not_found("message", message_id, "input", "messageId")
        row = replace(row, **given, updated_at=change.now)
        if "content" in given:
            row = replace(
                row,
                text=text_of(row.content),
                tool=is_tool_row(row.role, row.content),
                reasoning=reasoning_of(row.content),
            )
        await change.replace_message(row)
        if not can_be_found(row):
            await change.forget_message(row)
        change.message_activity()
        return row

    return await store.change(found.thread_id, work)


async def rate(store: Store, message_id: str, rating: int | None, comment: str | None, user_id: str | None) -> Message:
    """Stores what a person thinks of a message; None takes it back."""
    if rating is not None and rating not in (-1, 0, 1):
        raise InputError(f"rating is {rating}; give -1, 0, 1 or null", path=("input", "rating"))
    if rating is None and comment is not None:
        raise InputError("a comment needs a rating", path=("input", "comment"))
    check_text(comment, MAX_TEXT, "input", "comment")
    found = await _require(store, message_id)

    async def work(change: Change) -> Message:
        row = await store.messages.get(message_id, change.session)
        if row is None:
            raise not_found("message", message_id, "input", "messageId")
        feedback = None if rating is None else Feedback(rating, comment, user_id, change.now)
        rated = replace(row, feedback=feedback, updated_at=change.now)
        await change.replace_message(rated)
        return rated

    return await store.change(found.thread_id, work)


async def _require(store: Store, message_id: str) -> Message:
    found = await store.messages.get(message_id)
    if found is None:
        raise not_found("message", message_id, "input", "messageId")
    return found

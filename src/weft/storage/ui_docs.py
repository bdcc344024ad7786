"""Documents of message rows straight as UI messages, without rows in between: lists are made of them.

What it does not know goes through rows, with the same outcome.
"""

from collections.abc import Sequence
from typing import Any, Final

from weft.storage.message_docs import message_of
from weft.storage.references import MARK
from weft.storage.types import Doc
from weft.threads.positions import ui_key
from weft.threads.projection import plain_parts
from weft.threads.ui_messages import UIMessage, UIMessageRole, UIMessageStatus, shown_text, ui_messages
from weft.threads.ui_parts import PartState
from weft.threads.usage import Usage

SHOWN: Final = (
    "threadId",
    "userId",
    "clientId",
    "order",
    "stepOrder",
    "role",
    "status",
    "content",
    "tool",
    "agentName",
    "error",
    "reasoning",
    "usage",
    "sources",
    "providerMetadata",
    "metadata",
    "createdAt",
    MARK,
)
"""The fields that a UI message is made of, besides the id."""

_UNSHOWN: Final[Doc] = dict.fromkeys(
    ("text", "model", "provider", "finishReason", "warnings", "providerOptions", "updatedAt")
)
_ROLES: Final = {role.value: role for role in UIMessageRole}
_STATUSES: Final = {status.value: status for status in UIMessageStatus}
_ASSISTANT: Final = UIMessageRole.ASSISTANT
_PENDING: Final = UIMessageStatus.PENDING


def ui_messages_of(turn: Sequence[Doc]) -> list[UIMessage]:
    """The messages of a whole turn, whose documents are in ascending position and have the fields in SHOWN."""
    messages: list[UIMessage] = []
    for doc in turn:
        message = _message_alone(doc)
        if message is None:
            return ui_messages([message_of({**_UNSHOWN, **doc}) for doc in turn])
        messages.append(message)
    return messages


def _message_alone(doc: Doc) -> UIMessage | None:
    """None when the row has to do with tools: then other rows of its turn may belong to the same message."""
    role = _ROLES.get(doc["role"])
    if role is None or doc["tool"] or MARK in doc:
        return None
    status = _STATUSES[doc["status"]]
    pending, answers = status is _PENDING, role is _ASSISTANT
    state = PartState.STREAMING if pending else PartState.DONE
    parts = plain_parts(
        doc["content"], state, doc["providerMetadata"], doc["reasoning"], doc["sources"], answers=answers
    )
    if parts is None:
        return None
    thread_id, order, step_order = doc["threadId"], doc["order"], doc["stepOrder"]
    usage: dict[str, Any] | None = doc["usage"]
    return UIMessage(
        doc["_id"],
        ui_key(thread_id, order, step_order),
        thread_id,
        order,
        step_order,
        role,
        status,
        shown_text(parts),
        parts,
        doc["agentName"],
        doc["userId"],
        doc.get("clientId"),
        doc["error"] or None,
        None if usage is None else Usage(**usage),
        doc["createdAt"],
        step_order if pending else None,
        doc.get("metadata"),
    )

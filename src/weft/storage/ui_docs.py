"""Documents of message rows straight as UI messages, without rows in between: lists are made of them.

What it does not know goes through rows, with the same outcome.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from weft.storage.message_docs import message_of
from weft.storage.references import MARK
from weft.storage.types import Doc
from weft.threads.messages import MessageRole
from weft.threads.positions import ui_key
from weft.threads.projection import plain_parts
from weft.threads.read_parts import Read
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
ROLES: Final = {role.value: role for role in UIMessageRole}
STATUSES: Final = {status.value: status for status in UIMessageStatus}
_TOOL: Final = MessageRole.TOOL.value
_ASSISTANT: Final = UIMessageRole.ASSISTANT
_PENDING: Final = UIMessageStatus.PENDING

READ: Final = {
    "id": Read("doc['_id']", sure=True),
    "key": Read("f\"{doc['threadId']}-{doc['order']}-{doc['stepOrder']}\"", sure=True),
    "thread_id": Read("doc['threadId']", sure=True),
    "order": Read("doc['order']"),
    "step_order": Read("doc['stepOrder']"),
    "role": Read("doc['role']", stored=ROLES),
    "status": Read("doc['status']", stored=STATUSES),
    "text": Read("texts[0] if len(texts) == 1 else ' '.join(texts)", sure=True),
    "agent_name": Read("doc['agentName']"),
    "user_id": Read("doc['userId']"),
    "client_id": Read("doc.get('clientId')"),
    "error": Read("doc['error'] or None"),
    "metadata": Read("doc.get('metadata')"),
    "created_at": Read("doc['createdAt']"),
}
"""What is read instead of a UIMessage's attributes, when `doc` is one of a plain turn that is not pending and `texts`
are those of its content. `usage` and `parts` have fields of their own."""

READ_USAGE: Final = {
    "input_tokens": Read("usage.get('input_tokens', 0)"),
    "output_tokens": Read("usage.get('output_tokens', 0)"),
    "total_tokens": Read("usage.get('total_tokens', 0)"),
    "cached_input_tokens": Read("usage.get('cached_input_tokens', 0)"),
    "cache_write_input_tokens": Read("usage.get('cache_write_input_tokens', 0)"),
    "reasoning_tokens": Read("usage.get('reasoning_tokens', 0)"),
    "cost_micros": Read("usage.get('cost_micros')"),
}
"""The same for what `doc['usage']` holds, in `usage`."""


def plain(doc: Doc) -> bool:
    """Whether nothing of a document has to do with tools or is stored under another name."""
    return not doc["tool"] and doc["role"] != _TOOL and MARK not in doc


def ui_messages_of(turn: Sequence[Doc]) -> list[UIMessage]:
    """The messages of a whole turn, whose documents are in ascending position and have the fields in SHOWN."""
    messages: list[UIMessage] = []
    for doc in turn:
        message = _message_alone(doc)
        if message is None:
            return ui_messages([message_of({**_UNSHOWN, **doc, "createdAt": _created_at(doc)}) for doc in turn])
        messages.append(message)
    return messages


def _message_alone(doc: Doc) -> UIMessage | None:
    """None when the row has to do with tools: then other rows of its turn may belong to the same message."""
    if not plain(doc):
        return None
    role = ROLES[doc["role"]]
    status = STATUSES[doc["status"]]
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
        _created_at(doc),
        step_order if pending else None,
        doc.get("metadata"),
    )


def _created_at(doc: Doc) -> datetime:
    """In UTC: lists are read without zones."""
    return doc["createdAt"].replace(tzinfo=UTC)  # type: ignore[no-any-return]

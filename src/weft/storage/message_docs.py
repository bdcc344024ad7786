"""Message rows as documents."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import bson

from weft.storage.references import restored, storable
from weft.storage.types import Doc
from weft.threads.messages import Feedback, FinishReason, Message, MessageRole, MessageStatus, Part, Receipt
from weft.threads.usage import Usage

_MOST_CONTENT: Final = 7 * 1024 * 1024
"""Bytes of content that a row has room for: text is in it twice."""


def fitting(content: Sequence[Part]) -> Sequence[Part]:
    """As much of a content as a row can hold, from its beginning on; nearly always all of it."""
    left = _MOST_CONTENT
    for index, part in enumerate(content):
        size = len(bson.encode(part))
        if size > left:
            text = part.get("text")
            cut = [{**part, "text": text.encode()[:left].decode(errors="ignore")}] if isinstance(text, str) else []
            return [*content[:index], *cut]
        left -= size
    return content


def message_doc(row: Message) -> Doc:
    return storable(_doc(row))


def _doc(row: Message) -> Doc:
    return {
        "_id": row.id,
        "threadId": row.thread_id,
        "userId": row.user_id,
        **({} if row.client_id is None else {"clientId": row.client_id}),
        "order": row.order,
        "stepOrder": row.step_order,
        "role": row.role.value,
        "status": row.status.value,
        "content": list(row.content),
        "text": row.text,
        "tool": row.tool,
        "agentName": row.agent_name,
        "model": row.model,
        "provider": row.provider,
        "finishReason": None if row.finish_reason is None else row.finish_reason.value,
        "error": row.error,
        "reasoning": row.reasoning,
        "usage": None if row.usage is None else asdict(row.usage),
        "sources": row.sources,
        "warnings": row.warnings,
        "providerMetadata": row.provider_metadata,
        "providerOptions": row.provider_options,
        "feedback": None if row.feedback is None else _feedback_doc(row.feedback),
        "metadata": row.metadata,
        **({"hiddenFromUserSearch": True} if row.hidden_from_user_search else {}),
        **({} if row.batch_id is None else {"batchId": row.batch_id}),
        **({} if row.receipt is None else {"receipt": asdict(row.receipt)}),
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }


def _feedback_doc(feedback: Feedback) -> Doc:
    return {
        "rating": feedback.rating,
        "comment": feedback.comment,
        "userId": feedback.user_id,
        "createdAt": feedback.created_at,
    }


def _feedback_of(doc: Doc) -> Feedback:
    return Feedback(doc["rating"], doc["comment"], doc["userId"], doc["createdAt"])


_ROLES = {role.value: role for role in MessageRole}
_STATUSES = {status.value: status for status in MessageStatus}
_REASONS = {reason.value: reason for reason in FinishReason}


def message_of(doc: Doc) -> Message:
    doc = restored(doc)
    reason, usage, feedback = doc["finishReason"], doc["usage"], doc.get("feedback")
    receipt = doc.get("receipt")
    return Message(
        id=doc["_id"],
        thread_id=doc["threadId"],
        user_id=doc["userId"],
        client_id=doc.get("clientId"),
        order=doc["order"],
        step_order=doc["stepOrder"],
        role=_ROLES[doc["role"]],
        status=_STATUSES[doc["status"]],
        content=doc["content"],
        text=doc["text"],
        tool=doc["tool"],
        agent_name=doc["agentName"],
        model=doc["model"],
        provider=doc["provider"],
        finish_reason=None if reason is None else _REASONS[reason],
        error=doc["error"],
        reasoning=doc["reasoning"],
        usage=None if usage is None else Usage(**usage),
        sources=doc["sources"],
        warnings=doc["warnings"],
        provider_metadata=doc["providerMetadata"],
        provider_options=doc["providerOptions"],
        created_at=doc["createdAt"],
        updated_at=doc["updatedAt"],
        metadata=doc.get("metadata"),
        feedback=None if feedback is None else _feedback_of(feedback),
        hidden_from_user_search=doc.get("hiddenFromUserSearch", False),
        batch_id=doc.get("batchId"),
        receipt=None if receipt is None else Receipt(**receipt),
    )

"""What the newest model call of a generation was sent, without any content: ids, reasons and numbers.

Content is read from the messages again, so that a deleted one is gone from here too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from weft.threads.context_items import ContextItem, ContextSource, LeftOut
from weft.threads.generations import Given
from weft.threads.messages import Message, MessageRole, Part, text_of
from weft.threads.old_forms import normalise
from weft.threads.search import Hit


@dataclass(frozen=True, slots=True)
class ReceiptItem:
    """One message. `kept`: which of its parts were sent; None for all of them."""

    source: ContextSource
    role: MessageRole
    tokens: int
    message_id: str | None = None
    given: int | None = None
    kept: Sequence[int] | None = None
    hit: Hit | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True)
class ContextReceipt:
    """`call` counts the model calls of a generation, also over its attempts: a later one is greater.

    `searched_message_id` and `searched_given` say where the text is that was searched for, as items do.
    """

    generation_id: str
    thread_id: str
    call: int
    items: Sequence[ReceiptItem]
    problems: Sequence[str]
    made_at: datetime
    searched_message_id: str | None = None
    searched_given: int | None = None


def receipt_item(item: ContextItem) -> ReceiptItem:
    whole = () if item.row is None else normalise(item.row.content)
    kept = None if item.row is None else _kept(item.content, whole)
    return ReceiptItem(item.source, item.role, item.tokens, item.message_id, item.given, kept, item.hit, item.left_out)


def _kept(content: Sequence[Part], whole: Sequence[Part]) -> list[int] | None:
    """Where the parts of `content` are in `whole`, whose order they have."""
    if len(content) == len(whole):
        return None
    places: list[int] = []
    for part in content:
        start = places[-1] + 1 if places else 0
        places.append(next((at for at in range(start, len(whole)) if whole[at] == part), start))
    return places


def item_of(receipt: ReceiptItem, rows: Mapping[str, Message], given: Given | None) -> ContextItem:
    """The item as far as it is still there: of a message that was deleted, or that a handler made, no content is."""
    row = None if receipt.message_id is None else rows.get(receipt.message_id)
    content = _given_content(receipt.given, given) if row is None else normalise(row.content)
    if receipt.kept is not None:
        content = [content[at] for at in receipt.kept if at < len(content)]
    item = ContextItem(receipt.source, receipt.role, content, receipt.tokens, row, receipt.message_id)
    return replace(item, given=receipt.given, hit=receipt.hit, left_out=receipt.left_out)


def _given_content(index: int | None, given: Given | None) -> Sequence[Part]:
    if index is None or given is None:
        return []
    if index == -1:
        return given.prompt or []
    return given.messages[index][1] if index < len(given.messages) else []


def searched_text(receipt: ContextReceipt, row: Message | None, given: Given | None) -> str | None:
    """The text that was searched for; `row` is the message that says it, as it is now."""
    if receipt.searched_message_id is not None:
        return None if row is None else row.text
    return text_of(_given_content(receipt.searched_given, given))

"""What a model is sent, message by message, each with why it is there; and what was left out, each with why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from weft.threads.messages import Message, MessageRole, Part
from weft.threads.search import Hit
from weft.threads.values import value


class ContextSource(StrEnum):
    """Where a message of a context comes from."""

    SEARCH = "search"
    SEARCH_NEIGHBOUR = "searchNeighbour"
    RECENT = "recent"
    INPUT = "input"
    PROMPT = "prompt"
    RESPONSE = "response"
    HANDLER = "handler"


class LeftOut(StrEnum):
    """Why a message is not in a context although it was looked at."""

    BUDGET = "budget"
    WINDOW = "window"
    DUPLICATE = "duplicate"
    TOOL = "tool"
    ORPHAN = "orphan"
    HANDLER = "handler"


@value
class ContextItem:
    """One message. `content` is what is sent, or would have been; `tokens` an estimate of what it costs.

    `row`: as it is stored now, `message_id` its id, also when it was deleted since. `given`: which of the messages
    that the call itself gave, -1 for the prompt that it gave. `hit`: what the search said of it.
    """

    source: ContextSource
    role: MessageRole
    content: Sequence[Part]
    tokens: int = 0
    row: Message | None = None
    message_id: str | None = None
    given: int | None = None
    hit: Hit | None = None
    left_out: LeftOut | None = None


def tokens_of(items: Iterable[ContextItem]) -> int:
    return sum(item.tokens for item in items)


@dataclass(frozen=True, slots=True)
class SearchedFor:
    """The text that was searched for, and where it is: in a stored message or in what the call gave, as items say."""

    text: str
    message_id: str | None = None
    given: int | None = None


@dataclass(frozen=True, slots=True)
class ContextRecord:
    """What a model is, or was, sent: `items` in the order sent, and `left_out`, which is not.

    `problems`: what did not go as the options wanted, in words. `searched`: the text that was searched for.
    """

    items: Sequence[ContextItem] = ()
    left_out: Sequence[ContextItem] = ()
    problems: Sequence[str] = ()
    searched: str | None = None

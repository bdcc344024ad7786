"""The set: conversations of four people on thirteen topics, and questions with the messages that answer them.

`set/*.json`, one file a topic, written for this by hand. A message that answers a question has grade 2, one that only
belongs to the answer 1. Questions of kind `negative` have none: nothing in the set answers them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SET: Final = Path(__file__).parent / "set"
NEGATIVE: Final = "negative"


@dataclass(frozen=True, slots=True)
class Said:
    """A message. `name` is its own in the set: `b04`."""

    name: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of a user."""

    user: str
    title: str
    messages: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for. `relevant`: grades by the names of messages."""

    topic: str
    kind: str
    query: str
    relevant: Mapping[str, int]


def conversations() -> list[Conversation]:
    return [
        Conversation(
            one["user"], one["title"], [Said(said["id"], said["role"], said["text"]) for said in one["messages"]]
        )
        for topic in _topics()
        for one in topic["threads"]
    ]


def questions() -> list[Question]:
    return [
        Question(topic["topic"], one["kind"], one["query"], one["relevant"])
        for topic in _topics()
        for one in topic["questions"]
    ]


def _topics() -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SET.glob("*.json"))]

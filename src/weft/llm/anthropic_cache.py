"""Marks where Anthropic is to cache the prompt: what comes before a mark is read from the cache by the next call.

At most four go with a request, those that its caller has set among them.
"""

from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from weft.llm.anthropic_blocks import Block
from weft.threads.json_values import is_object

DEFAULT_MARK: Final[dict[str, Any]] = {"type": "ephemeral"}
_HOUR: Final[dict[str, Any]] = {"type": "ephemeral", "ttl": "1h"}
_MOST: Final = 4
_UNMARKED: Final = ("thinking", "redacted_thinking")


@dataclass(frozen=True, slots=True)
class _Place:
    """A block of the prompt, by the list that holds it."""

    blocks: list[Any]
    index: int

    @property
    def block(self) -> Block:
        block: Block = self.blocks[self.index]
        return block

    @property
    def mark(self) -> Any:
        return self.block.get("cache_control")

    def set(self, mark: dict[str, Any] | None) -> None:
        """Replaces the block by one with this mark: the block itself may be someone else's."""
        others = {name: value for name, value in self.block.items() if name != "cache_control"}
        self.blocks[self.index] = others if mark is None else others | {"cache_control": mark}


def keep_four(body: dict[str, Any]) -> int:
    """Takes the earliest of too many marks away: the later ones cover what they mark. Returns how many those were."""
    given = [place for place in _places(body) if place.mark]
    excess = max(0, len(given) - _free(body))
    for place in given[:excess]:
        place.set(None)
    return excess


def mark(body: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Adds the marks that help most, as long as there is room: the end of the prompt, its system prompt, its tools.

    And where the prompt before this one ended: a step with many calls would else be too long to find it.
    """
    places = _places(body)
    given: dict[int, Any] = {index: place.mark for index, place in enumerate(places) if place.mark}
    free = _free(body) - len(given)
    given[len(places)] = body.get("cache_control")
    targets = [index for index in _targets(body, places) if not places[index].mark]
    for index in targets[: max(0, free)]:
        places[index].set(_fitting(wanted, index, given))


def _free(body: dict[str, Any]) -> int:
    """How many marks may be set on blocks; one for the request as a whole counts, too."""
    return _MOST - bool(body.get("cache_control"))


def _places(body: dict[str, Any]) -> list[_Place]:
    """Every block that can be marked, in the order of the prompt."""
    lists = [body.get("tools"), body.get("system"), *(message["content"] for message in body["messages"])]
    return [place for blocks in lists for place in _within(blocks)]


def _within(blocks: Any) -> list[_Place]:
    found: list[_Place] = []
    if not _is_mutable(blocks):
        return found
    for index, block in enumerate(blocks):
        if not is_object(block):
            continue
        if block.get("type") == "tool_result":
            found += _within(block.get("content"))
        found.append(_Place(blocks, index))
    return found


def _targets(body: dict[str, Any], places: list[_Place]) -> list[int]:
    """Where marks belong, the most useful first."""
    users = [message["content"] for message in body["messages"] if message["role"] == "user"]
    last = body["messages"][-1]["content"] if body["messages"] else None
    # A mark for the whole request stands at its end already.
    ends = [None if body.get("cache_control") else last, body.get("system"), body.get("tools")]
    ends += [next((content for content in reversed(users) if content is not last), None)]
    found = (_end(places, blocks) for blocks in ends if blocks is not None)
    return [index for index in found if index is not None]


def _end(places: list[_Place], blocks: Any) -> int | None:
    own = [index for index, place in enumerate(places) if place.blocks is blocks and _can_be_marked(place.block)]
    return own[-1] if own else None


def _is_mutable(blocks: object) -> TypeGuard[list[Any]]:
    return isinstance(blocks, list)


def _can_be_marked(block: Block) -> bool:
    return block.get("type") not in _UNMARKED and not block.get("defer_loading")


def _fitting(wanted: dict[str, Any], index: int, given: dict[int, Any]) -> dict[str, Any]:
    """The mark, kept for as long as the others allow: those for an hour must come before those for five minutes."""
    if any(at > index and _is_long(mark) for at, mark in given.items()):
        return _HOUR
    if any(at < index and not _is_long(mark) for at, mark in given.items()):
        return DEFAULT_MARK
    return wanted


def _is_long(mark: Any) -> bool:
    return is_object(mark) and mark.get("ttl") == "1h"

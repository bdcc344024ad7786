"""The parts that nearly every message is made of, as Python by which compiled operations read them off what is stored.

A part that is not as `when` says, and every other, is made by `plain_part`: to the same effect, as the tests prove.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from weft.threads.ui_parts import PartState, ReasoningPart, SourceUrlPart, TextPart


@dataclass(frozen=True, slots=True)
class Read:
    """An expression for an attribute. `sure`: it is text, whatever is stored. `stored` maps what is stored to what the
    attribute is, and has everything that can be stored."""

    expression: str
    sure: bool = False
    stored: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ReadPart:
    """Expressions over `part`, a dict, and over the row's `facts`, for a part that is complete. `fields` are the
    attributes of `shown`."""

    shown: type[object]
    when: str
    fields: Mapping[str, Read]


_FACTS: Final = Read("part.get('providerMetadata') or facts")
_DONE: Final = Read("'done'", stored={"done": PartState.DONE})

READ_PARTS: Final = {
    "text": ReadPart(
        TextPart,
        "(text := part.get('text')).__class__ is str",
        {"text": Read("text", sure=True), "state": _DONE, "provider_metadata": _FACTS},
    ),
    "reasoning": ReadPart(
        ReasoningPart,
        "(text := part.get('text')).__class__ is str and text",
        {"text": Read("text", sure=True), "state": _DONE, "provider_metadata": _FACTS},
    ),
    "source": ReadPart(
        SourceUrlPart,
        "part.get('sourceType') == 'url' and (url := part.get('url')).__class__ is str"
        " and (source_id := part.get('id')).__class__ is str and (title := part.get('title')).__class__ is str",
        {"source_id": Read("source_id", sure=True), "url": Read("url", sure=True), "title": Read("title", sure=True)},
    ),
}
"""By `type`."""

"""The two scalars of our own: times, and values whose shape belongs to the caller."""

import re
from datetime import UTC, datetime
from typing import Final, NewType

import orjson
import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

Json = NewType("Json", object)
"""Any JSON value."""

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


def written(time: datetime) -> str:
    """A time as the API writes it: `2026-11-22T08:30:00.000Z`. One without a zone is in UTC."""
    if time.tzinfo is not UTC and time.utcoffset() is not None:
        time = time.astimezone(UTC)
    text = orjson.dumps(time)  # three times as fast as isoformat; in quotes
    return f"{text[1:24].decode()}Z" if time.microsecond else f"{text[1:20].decode()}.000Z"


def read(text: object) -> datetime:
    """A time as a caller wrote it, in UTC and cut to milliseconds.

    Raises:
        GraphQLError: it is not an RFC 3339 time with its offset.
    """
    if isinstance(text, str) and _RFC_3339.fullmatch(text):
        try:
            time = datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        else:
            return time.replace(microsecond=time.microsecond // 1000 * 1000)
    raise GraphQLError(f"DateTime cannot represent {text!r:.80}: write it like 2026-11-22T08:30:00.000Z")


SCALARS: Final[dict[object, ScalarDefinition]] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment as RFC 3339 text, always in UTC and to the millisecond: `2026-11-22T08:30:00.000Z`.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=written,
        parse_value=read,
    ),
    Json: strawberry.scalar(
        name="JSON",
        description="Any JSON value: object, list, string, number, boolean or null. "
        "Used only where the shape belongs to the caller or to a model provider.",
    ),
}

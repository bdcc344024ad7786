"""Exact keyset pages: no offset, no empty last page, `has_next` and `has_previous` true only when it is so."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import orjson
from pydantic import TypeAdapter

from weft.errors import InputError
from weft.storage.failures import translated
from weft.storage.types import Collection, Doc
from weft.threads.paging import Edge, Page, PageRequest

T = TypeVar("T")

_VALUES: Final = TypeAdapter(list[Any])
_GREATEST: Final = 2**53


@dataclass(frozen=True, slots=True)
class Key:
    """A sort field of a list, whether the list ascends by it, and the type of its values: str, int or datetime."""

    field: str
    ascending: bool = True
    kind: type[object] = str


def encode_cursor(values: object) -> str:
    """Sort values as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def decode_cursor(text: str, kinds: Sequence[type[object]], path: str) -> list[Any]:
    """Raises InputError when the text is not a cursor with sort values of these types."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        values = zip(_VALUES.validate_json(data), kinds, strict=True)
        return [_restored(value, kind) for value, kind in values]
    except (ValueError, OverflowError):
        raise InputError(f"{text!r:.80} is not a cursor of this list", path=(path,)) from None


def _restored(value: Any, kind: type[object]) -> Any:
    if kind is datetime and type(value) is str:
        value = datetime.fromisoformat(value).astimezone(UTC)
    if type(value) is not kind or (isinstance(value, int) and abs(value) > _GREATEST):
        raise ValueError("not a value of this key")
    return value


def beyond(keys: Sequence[Key], values: Sequence[Any], *, after: bool, inclusive: bool = False) -> Doc:
    """A filter for what comes after (or before) the place that `values` name, in list order."""
    first, *rest = keys
    operator = "$gt" if first.ascending is after else "$lt"
    if not rest:
        return {first.field: {operator + "e" if inclusive else operator: values[0]}}
    tied = {first.field: values[0], **beyond(rest, values[1:], after=after, inclusive=inclusive)}
    return {first.field: {operator + "e": values[0]}, "$or": [{first.field: {operator: values[0]}}, tied]}


async def keyset_page(
    collection: Collection, match: Doc, keys: Sequence[Key], request: PageRequest, read: Callable[[Doc], T]
) -> Page[T]:
    """One page of the documents that match. Reads one document more than asked, to know whether there are more."""
    kinds = [key.kind for key in keys]
    after = None if request.after is None else decode_cursor(request.after, kinds, "after")
    before = None if request.before is None else decode_cursor(request.before, kinds, "before")
    bounds = [match]
    if after is not None:
        bounds.append(beyond(keys, after, after=True))
    if before is not None:
        bounds.append(beyond(keys, before, after=False))
    sort = [(key.field, 1 if key.ascending is request.forward else -1) for key in keys]
    with translated():
        docs = await collection.find({"$and": bounds}, sort=sort, limit=request.limit + 1).to_list()
    more, docs = len(docs) > request.limit, docs[: request.limit]
    if not request.forward:
        docs.reverse()
    return Page(
        [Edge(encode_cursor([doc[key.field] for key in keys]), read(doc)) for doc in docs],
        has_next=(more and request.forward) or await _any(collection, match, keys, before, after=True),
        has_previous=(more and not request.forward) or await _any(collection, match, keys, after, after=False),
    )


async def _any(collection: Collection, match: Doc, keys: Sequence[Key], edge: list[Any] | None, *, after: bool) -> bool:
    """Whether the list has something at an edge of the page or past it; a page without that edge ends with the list."""
    if edge is None:
        return False
    past = beyond(keys, edge, after=after, inclusive=True)
    with translated():
        return await collection.find_one({"$and": [match, past]}, projection={"_id": 1}) is not None

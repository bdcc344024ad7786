"""Exact keyset pages: no offset, no empty last page, `has_next` and `has_previous` true only when it is so."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter

from weft.errors import InputError
from weft.storage.failures import translated
from weft.storage.types import Collection, Doc
from weft.threads.paging import Edge, Page, PageRequest

T = TypeVar("T")

_VALUES: TypeAdapter[list[str | int]] = TypeAdapter(list[str | int])


@dataclass(frozen=True, slots=True)
class Key:
    """A sort field of a list, and whether the list ascends by it."""

    field: str
    ascending: bool = True


def encode_cursor(values: Sequence[Any]) -> str:
    """Sort values as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def decode_cursor(text: str, count: int, path: str) -> list[Any]:
    """Raises InputError when the text is not a cursor with `count` sort values."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        values = _VALUES.validate_json(data)
    except (binascii.Error, ValueError):
        values = []
    if len(values) != count:
        raise InputError(f"{text!r:.80} is not a cursor of this list", path=(path,))
    return [_restored(value) for value in values]


def _restored(value: Any) -> Any:
    if isinstance(value, str) and value.endswith("+00:00"):
        return datetime.fromisoformat(value).astimezone(UTC)
    return value


def beyond(keys: Sequence[Key], values: Sequence[Any], *, after: bool) -> Doc:
    """A filter for what comes after (or before) the place that `values` name, in list order."""
    first, *rest = keys
    operator = "$gt" if first.ascending is after else "$lt"
    if not rest:
        return {first.field: {operator: values[0]}}
    tied = {first.field: values[0], **beyond(rest, values[1:], after=after)}
    return {first.field: {operator + "e": values[0]}, "$or": [{first.field: {operator: values[0]}}, tied]}


async def keyset_page(
    collection: Collection, match: Doc, keys: Sequence[Key], request: PageRequest, read: Callable[[Doc], T]
) -> Page[T]:
    """One page of the documents that match. Reads one document more than asked, to know whether there are more."""
    bounds = [match]
    if request.after is not None:
        bounds.append(beyond(keys, decode_cursor(request.after, len(keys), "after"), after=True))
    if request.before is not None:
        bounds.append(beyond(keys, decode_cursor(request.before, len(keys), "before"), after=False))
    sort = [(key.field, 1 if key.ascending is request.forward else -1) for key in keys]
    with translated():
        query = collection.find({"$and": bounds}, sort=sort, limit=request.limit + 1)
        docs = await query.to_list()
    more, docs = len(docs) > request.limit, docs[: request.limit]
    if not request.forward:
        docs.reverse()
    edges = [Edge(encode_cursor([doc[key.field] for key in keys]), read(doc)) for doc in docs]
    has_next, has_previous = request.forward and more, not request.forward and more
    if not has_next and request.before is not None:
        has_next = await _any_beyond(collection, match, keys, docs[-1:], request, after=True)
    if not has_previous and request.after is not None:
        has_previous = await _any_beyond(collection, match, keys, docs[:1], request, after=False)
    return Page(edges, has_next=has_next, has_previous=has_previous)


async def _any_beyond(
    collection: Collection, match: Doc, keys: Sequence[Key], end: Sequence[Doc], request: PageRequest, *, after: bool
) -> bool:
    """Whether the list goes on after (or before) the page's end; of an empty page, at or past its bound."""
    if end:
        beside = beyond(keys, [end[0][key.field] for key in keys], after=after)
    else:
        bound = (request.before if after else request.after) or ""
        beside = {"$nor": [beyond(keys, decode_cursor(bound, len(keys), "before"), after=not after)]}
    with translated():
        return await collection.find_one({"$and": [match, beside]}, projection={"_id": 1}) is not None

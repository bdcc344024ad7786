"""Pages of UI messages are read. A page never cuts a turn: its rows belong together."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import OperationFailure

from weft.storage.failures import translated
from weft.storage.paging import decode_cursor
from weft.storage.turn_pages import Turn, TurnPage
from weft.storage.types import Collection, Doc
from weft.storage.ui_docs import SHOWN
from weft.threads.paging import PageRequest

_ROWS: Final = "rows"
_TOO_LARGE: Final = (4568, 10334)
"""The server's codes when what it joins exceeds 16 MB."""


def read_from(collection: Collection) -> Collection:
    """The same collection for pages: it gives times without their zone, which take a quarter of the time to read."""
    return collection.with_options(collection.codec_options.with_options(tz_aware=False, tzinfo=None))


async def turn_page(collection: Collection, thread_id: str, request: PageRequest) -> TurnPage:
    """As many whole turns as have at most `limit` UI messages, but at least one turn. `collection`: see `read_from`."""
    lower = -1 if request.after is None else _order(request.after, "after")
    upper = None if request.before is None else _order(request.before, "before")
    turns, more = await _whole_turns(collection, thread_id, lower, upper, request)
    has_next, has_previous = request.forward and more, not request.forward and more
    if not has_next and upper is not None:
        has_next = await _any_turn(collection, thread_id, {"$gt": turns[-1].order} if turns else {"$gte": upper})
    if not has_previous and lower >= 0:
        bounds: Doc = {"$lt": turns[0].order} if turns else {"$lte": lower}
        has_previous = await _any_turn(collection, thread_id, bounds)
    return TurnPage(turns, has_next=has_next, has_previous=has_previous)


async def with_first_page(
    threads: Collection, messages: Collection, thread_id: str, request: PageRequest
) -> tuple[Doc | None, TurnPage]:
    """A thread's document and its first page in reading direction, in one round trip. Collections: see `read_from`."""
    way = ASCENDING if request.forward else DESCENDING
    rows: list[Doc] = [
        {"$match": _beyond(thread_id, -1, None, (), forward=request.forward)},
        {"$sort": {"order": way, "stepOrder": way}},
        {"$limit": request.limit + 1},
        {"$project": dict.fromkeys(SHOWN, 1)},
    ]
    joined = {"$lookup": {"from": messages.name, "pipeline": rows, "as": _ROWS}}
    try:
        found = await (await threads.aggregate([{"$match": {"_id": thread_id}}, joined])).to_list()
    except OperationFailure as error:
        if error.code not in _TOO_LARGE:
            raise
        found = await threads.find({"_id": thread_id}).to_list()
    if not found:
        return None, TurnPage([], has_next=False, has_previous=False)
    (thread,) = found
    docs: list[Doc] | None = thread.pop(_ROWS, None)
    turns, more = await _whole_turns(messages, thread_id, -1, None, request, docs)
    page = TurnPage(turns, has_next=request.forward and more, has_previous=not request.forward and more)
    return {name: _zoned(value) for name, value in thread.items()}, page


def _zoned(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


async def _whole_turns(
    collection: Collection,
    thread_id: str,
    lower: int,
    upper: int | None,
    request: PageRequest,
    chunk: list[Doc] | None = None,
) -> tuple[list[Turn], bool]:
    """Turns in ascending order, and whether there are more beyond them. `chunk` is what has been read already."""
    docs: list[Doc] = []
    size = request.limit + 1
    while True:
        if chunk is None:
            match = _beyond(thread_id, lower, upper, docs, forward=request.forward)
            chunk = await _docs(collection, match, size, forward=request.forward)
        docs += chunk
        exhausted = len(chunk) < size
        turns = _turns(docs, forward=request.forward, whole=exhausted)
        taken = _fitting(turns, request.limit)
        if exhausted or len(taken) < len(turns) or sum(map(len, taken)) >= request.limit:
            more = not exhausted or len(taken) < len(turns)
            return (taken if request.forward else taken[::-1]), more
        chunk = None


def _beyond(thread_id: str, lower: int, upper: int | None, seen: Sequence[Doc], *, forward: bool) -> Doc:
    """A filter for the rows strictly between two turns that have not been seen yet."""
    order: Doc = {"$gt": lower} if upper is None else {"$gt": lower, "$lt": upper}
    if not seen:
        return {"threadId": thread_id, "order": order}
    last_order, last_step = seen[-1]["order"], seen[-1]["stepOrder"]
    side, bound = ("$gt", "$gte") if forward else ("$lt", "$lte")
    past = [{"order": {side: last_order}}, {"stepOrder": {side: last_step}}]
    return {"threadId": thread_id, "order": {**order, bound: last_order}, "$or": past}


async def _docs(collection: Collection, match: Doc, size: int, *, forward: bool) -> list[Doc]:
    way = ASCENDING if forward else DESCENDING
    with translated():
        query = collection.find(match, SHOWN, sort=[("order", way), ("stepOrder", way)], limit=size)
        return await query.to_list()


async def _any_turn(collection: Collection, thread_id: str, order: Doc) -> bool:
    with translated():
        found = await collection.find_one({"threadId": thread_id, "order": order}, projection={"_id": 1})
    return found is not None


def _order(cursor: str, path: str) -> int:
    (order,) = decode_cursor(cursor, [int], path)
    return int(order)


def _turns(docs: Iterable[Doc], *, forward: bool, whole: bool) -> list[Turn]:
    """In reading direction; the last turn is left out unless it is known to be whole."""
    turns = [list(turn) for _, turn in groupby(docs, key=itemgetter("order"))]
    if not whole:
        turns.pop()
    return [Turn(turn if forward else turn[::-1]) for turn in turns]


def _fitting(turns: Sequence[Turn], limit: int) -> list[Turn]:
    taken: list[Turn] = []
    count = 0
    for turn in turns:
        count += len(turn)
        if taken and count > limit:
            break
        taken.append(turn)
    return taken

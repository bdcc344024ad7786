"""Entities by their global id: the prefix of an id says which service knows it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import strawberry

from weft.errors import InputError
from weft.resolvers import generations, messages, threads
from weft.schema.context import Info
from weft.schema.node import Node
from weft.schema.streams import Stream
from weft.threads import ids
from weft.threads.paging import MAX_SIZE

Id = Annotated[strawberry.ID, strawberry.argument(description="The id of a thread, message, stream or generation.")]
Ids = Annotated[
    list[strawberry.ID], strawberry.argument(description=f"Up to {MAX_SIZE} ids, as `node` takes; in any mixture.")
]


async def _stream(info: Info, id: strawberry.ID) -> Node | None:
    found = await info.context.weft.streams.get(id)
    return None if found is None else Stream.of(found)


_FINDERS: Final[dict[str, Callable[[Info, strawberry.ID], Awaitable[Node | None]]]] = {
    ids.THREAD: threads.thread,
    ids.MESSAGE: messages.message,
    ids.STREAM: _stream,
    ids.GENERATION: generations.generation,
}


async def node(info: Info, id: Id) -> Node | None:
    find = _FINDERS.get(ids.prefix_of(id))
    return None if find is None else await find(info, id)


async def nodes(info: Info, ids: Ids) -> list[Node | None]:
    if len(ids) > MAX_SIZE:
        raise InputError(f"ask for at most {MAX_SIZE} ids at once, not {len(ids)}", path=("ids",))
    return list(await asyncio.gather(*(node(info, wanted) for wanted in ids)))

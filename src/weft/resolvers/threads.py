"""Reading, listing, creating and changing threads."""

from typing import Annotated

import strawberry

from weft.resolvers.failures import user_errors
from weft.schema.context import Info
from weft.schema.inputs import BranchThreadInput, CreateThreadInput, ThreadFilter, UpdateThreadInput
from weft.schema.lookahead import first_page
from weft.schema.paging import (
    After,
    Before,
    First,
    Last,
    UserConnection,
    user_connection_of,
)
from weft.schema.payloads import ThreadPayload
from weft.schema.threads import Thread, ThreadConnection, thread_connection_of
from weft.threads import threads as domain
from weft.threads.paging import PageRequest
from weft.threads.threads import ThreadOrder

ThreadId = Annotated[strawberry.ID, strawberry.argument(description="The thread's id.")]
Filter = Annotated[ThreadFilter | None, strawberry.argument(description="Which threads; absent or null for all.")]
OrderBy = Annotated[
    ThreadOrder | None, strawberry.argument(description="What they are sorted by; the newest comes first.")
]
Create = Annotated[CreateThreadInput, strawberry.argument(description="The new thread.")]
Branch = Annotated[BranchThreadInput, strawberry.argument(description="The thread, and where to cut it.")]
FirstUsers = Annotated[
    int | None, strawberry.argument(description="How many from the start, or from just past `after`; 1 to 100.")
]
Update = Annotated[UpdateThreadInput, strawberry.argument(description="The thread and what to change.")]


async def thread(info: Info, id: ThreadId) -> Thread | None:
    service, request = info.context.weft.threads, first_page(info)
    if request is None:
        found = await service.get(id)
        return None if found is None else Thread.of(found)
    both = await service.get_with_page(id, request)
    return None if both is None else Thread.of(both[0], (request, both[1]))


async def threads(
    info: Info,
    filter: Filter = None,
    order_by: OrderBy = ThreadOrder.CREATED,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> ThreadConnection:
    narrowing = domain.ThreadFilter() if filter is None else filter.narrowing()
    request = PageRequest.of(first, after, last, before)
    page = await info.context.weft.threads.page(narrowing, order_by or ThreadOrder.CREATED, request)
    return thread_connection_of(page)


async def users(info: Info, first: FirstUsers = None, after: After = None) -> UserConnection:
    return user_connection_of(await info.context.weft.threads.users(PageRequest.of(first, after)))


@user_errors(ThreadPayload)
async def create_thread(info: Info, input: Create) -> ThreadPayload:
    created = await info.context.weft.threads.create(
        user_id=info.context.viewer.user_id if input.user_id is strawberry.UNSET else input.user_id,
        title=input.title,
        summary=input.summary,
        metadata=input.metadata,
        client_id=input.client_id,
    )
    return ThreadPayload(thread=Thread.of(created))


@user_errors(ThreadPayload)
async def update_thread(info: Info, input: Update) -> ThreadPayload:
    updated = await info.context.weft.threads.update(input.thread_id, input.changes())
    return ThreadPayload(thread=Thread.of(updated))


@user_errors(ThreadPayload)
async def branch_thread(info: Info, input: Branch) -> ThreadPayload:
    made = await info.context.weft.threads.branch(
        input.thread_id,
        up_to_and_including_message_id=input.up_to_and_including_message_id,
        title=input.title,
    )
    return ThreadPayload(thread=Thread.of(made))

"""Stopping streams."""

from typing import Annotated

import strawberry

from weft.resolvers.failures import user_errors
from weft.schema.context import Info
from weft.schema.inputs import AbortStreamsInput
from weft.schema.payloads import AbortStreamsPayload

Abort = Annotated[AbortStreamsInput, strawberry.argument(description="What to stop, and why.")]


@user_errors(AbortStreamsPayload)
async def abort_streams(info: Info, input: Abort) -> AbortStreamsPayload:
    aborted = await info.context.weft.streams.abort(
        input.thread_id, stream_id=input.stream_id, order=input.order, reason=input.reason
    )
    return AbortStreamsPayload(aborted_ids=[strawberry.ID(stream_id) for stream_id in aborted])

"""Writing streams that no agent of this server writes, and stopping any."""

from typing import Annotated

import strawberry

from weft.resolvers.failures import user_errors
from weft.schema.context import Info
from weft.schema.inputs import AbortStreamsInput
from weft.schema.payloads import AbortStreamsPayload, StreamPayload
from weft.schema.stream_inputs import AppendToStreamInput, CreateStreamInput, FinishStreamInput
from weft.schema.streams import Stream

Abort = Annotated[AbortStreamsInput, strawberry.argument(description="What to stop, and why.")]
Create = Annotated[CreateStreamInput, strawberry.argument(description="Where the stream begins, and who writes it.")]
Append = Annotated[AppendToStreamInput, strawberry.argument(description="The stream, and what it is to go on with.")]
Finish = Annotated[FinishStreamInput, strawberry.argument(description="The stream, and what to store of it.")]


@user_errors(StreamPayload)
async def create_stream(info: Info, input: Create) -> StreamPayload:
    stream = await info.context.weft.streams.create(
        input.thread_id,
        order=input.order,
        step_order=input.step_order,
        agent_name=input.agent_name,
        model=input.model,
        provider=input.provider,
    )
    return StreamPayload(stream=Stream.of(stream))


@user_errors(StreamPayload)
async def append_to_stream(info: Info, input: Append) -> StreamPayload:
    stream = await info.context.weft.streams.append(input.stream_id, input.start, input.parts)
    return StreamPayload(stream=Stream.of(stream))


@user_errors(StreamPayload)
async def finish_stream(info: Info, input: Finish) -> StreamPayload:
    stream = await info.context.weft.streams.finish(input.stream_id, input.drafts())
    return StreamPayload(stream=Stream.of(stream))


@user_errors(AbortStreamsPayload)
async def abort_streams(info: Info, input: Abort) -> AbortStreamsPayload:
    aborted = await info.context.weft.streams.abort(
        input.thread_id, stream_id=input.stream_id, order=input.order, reason=input.reason
    )
    return AbortStreamsPayload(aborted_ids=[strawberry.ID(stream_id) for stream_id in aborted])

"""Reading, starting and stopping generations."""

from typing import Annotated

import strawberry

from weft.resolvers.failures import user_errors
from weft.schema.answers import RegenerateInput
from weft.schema.context import Info
from weft.schema.generations import Generation
from weft.schema.inputs import AbortGenerationInput, StartGenerationInput
from weft.schema.options import options_of
from weft.schema.payloads import GenerationPayload

GenerationId = Annotated[strawberry.ID, strawberry.argument(description="The generation's id.")]
Start = Annotated[StartGenerationInput, strawberry.argument(description="The message to answer and who does.")]
Again = Annotated[RegenerateInput, strawberry.argument(description="The message whose answer is to be made again.")]
Abort = Annotated[AbortGenerationInput, strawberry.argument(description="The generation to stop, and why.")]


async def generation(info: Info, id: GenerationId) -> Generation | None:
    found = await info.context.weft.generations.get(id)
    return None if found is None else Generation.of(found)


@user_errors(GenerationPayload)
async def start_generation(info: Info, input: Start) -> GenerationPayload:
    started = await info.context.weft.generations.start(
        agent_name=input.agent_name,
        thread_id=input.thread_id,
        prompt_message_id=input.prompt_message_id,
        options=options_of(input.options),
        client_id=input.client_id,
    )
    return GenerationPayload(generation=Generation.of(started))


@user_errors(GenerationPayload)
async def regenerate(info: Info, input: Again) -> GenerationPayload:
    started = await info.context.weft.generations.regenerate(
        input.message_id, agent_name=input.agent_name, prompt=input.prompt, options=options_of(input.options)
    )
    return GenerationPayload(generation=Generation.of(started))


@user_errors(GenerationPayload)
async def abort_generation(info: Info, input: Abort) -> GenerationPayload:
    aborted = await info.context.weft.generations.abort(input.generation_id, input.reason)
    return GenerationPayload(generation=Generation.of(aborted))

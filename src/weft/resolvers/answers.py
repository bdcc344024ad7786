"""Asking an agent and waiting for what it answers."""

from typing import Annotated

import strawberry

from weft.resolvers.cuts import while_known
from weft.resolvers.deadlines import waiting_for_an_answer
from weft.resolvers.failures import user_errors
from weft.schema.answers import GenerateObjectInput, GenerateObjectPayload, GenerateTextInput, GenerateTextPayload
from weft.schema.context import Info

Text = Annotated[GenerateTextInput, strawberry.argument(description="What to answer, where, and who does.")]
Object = Annotated[GenerateObjectInput, strawberry.argument(description="What to make, of what, where, and who does.")]


@user_errors(GenerateTextPayload)
async def generate_text(info: Info, input: Text) -> GenerateTextPayload:
    with waiting_for_an_answer(), while_known():
        answer = await info.context.weft.answers.generate_text(**input.asked())
    return GenerateTextPayload.of(answer)


@user_errors(GenerateObjectPayload)
async def generate_object(info: Info, input: Object) -> GenerateObjectPayload:
    with waiting_for_an_answer(), while_known():
        answer = await info.context.weft.answers.generate_object(kind=input.kind, schema=input.schema, **input.asked())
    return GenerateObjectPayload.of(answer)

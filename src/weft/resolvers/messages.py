"""Reading and sending messages."""

from typing import Annotated

import strawberry

from weft.resolvers.failures import user_errors
from weft.schema.context import Info
from weft.schema.generations import Generation
from weft.schema.inputs import SendMessageInput
from weft.schema.messages import Message
from weft.schema.options import options_of
from weft.schema.payloads import SendMessagePayload
from weft.schema.ui_messages import UIMessage

MessageId = Annotated[strawberry.ID, strawberry.argument(description="The id of a stored row.")]
Send = Annotated[SendMessageInput, strawberry.argument(description="The message and who answers it.")]


async def message(info: Info, id: MessageId) -> Message | None:
    found = await info.context.weft.messages.get(id)
    return None if found is None else Message.of(found)


@user_errors(SendMessagePayload)
async def send_message(info: Info, input: Send) -> SendMessagePayload:
    sent = await info.context.weft.messages.send(
        input.thread_id,
        agent_name=input.agent_name,
        prompt=input.prompt,
        content=input.content,
        metadata=input.metadata,
        client_id=input.client_id,
        generate=input.generate is not False,
        options=options_of(input.options),
    )
    return SendMessagePayload(
        sent_message=UIMessage.of(sent.message),
        generation=None if sent.generation is None else Generation.of(sent.generation),
        cursor=sent.cursor,
    )

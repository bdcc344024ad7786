"""What a model would be sent."""

from typing import Annotated

import strawberry

from weft.schema.context import Info
from weft.schema.context_items import ContextItem, ContextPreviewInput

Preview = Annotated[ContextPreviewInput, strawberry.argument(description="What would be asked, where, and of whom.")]


async def context_preview(info: Info, input: Preview) -> list[ContextItem]:
    record = await info.context.weft.contexts.preview(input.agent_name, **input.asked())
    return ContextItem.many(record, left_out=bool(input.include_left_out))

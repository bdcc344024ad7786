"""A support agent that may look things up by itself, and must ask before it gives money back.

WEFT_MODEL=openai:gpt-5-mini weft dev docs.examples.support_with_approval:app
"""

import os
from datetime import timedelta

from weft import Agent, ToolContext, create_app, tool

ORDERS: dict[str, dict[str, str | int]] = {"A-1": {"item": "bicycle chain", "paid": 24, "refunded": 0}}


@tool
async def look_up(order: str) -> dict[str, str | int]:
    """Looks up an order.

    Args:
        order: Its number, like A-1.
    """
    if order not in ORDERS:
        raise LookupError(f"there is no order {order}; ask the customer for its number")
    return ORDERS[order]


def is_much(context: ToolContext, amount: int, **_: object) -> bool:
    """Small refunds need nobody's leave."""
    return amount > 10


@tool(needs_approval=is_much, approval_expires=timedelta(days=2))
async def refund(context: ToolContext, order: str, amount: int) -> str:
    """Gives money back.

    Args:
        order: The order's number.
        amount: How much, in euros.
    """
    # The call's id stays the same when a crashed server's call is run again: nobody is paid twice.
    ORDERS[order]["refunded"] = amount
    return f"{amount} euros go back to {context.user_id} (transfer {context.tool_call_id})"


def support(model: str) -> Agent:
    return Agent(
        "support",
        model=model,
        instructions="You help customers of a bicycle shop. Look an order up before you speak about it.",
        tools=[look_up, refund],
    )


app = create_app(agents=[support(os.environ.get("WEFT_MODEL", "demo"))])

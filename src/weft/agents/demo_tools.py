"""The tools of the built-in demo agent: one that just runs, one that asks first. Neither leaves the machine."""

from typing import Annotated, Final
from zlib import crc32

from pydantic import Field

from weft.agents.tools.decorator import tool

_SKIES: Final = ("sunny", "cloudy", "raining a little", "windy", "foggy")


@tool(title="Demo weather")
async def demo_weather(city: Annotated[str, "The city."]) -> str:
    """Tells the weather of a city. It is made up."""
    seed = crc32(city.encode())
    return f"In {city} it is {seed % 30 - 3} °C and {_SKIES[seed // 30 % len(_SKIES)]}."


@tool(title="Demo transfer", needs_approval=True)
async def demo_transfer(amount: Annotated[int, Field(ge=1)], to: str) -> str:
    """Pretends to send money. A person has to approve it.

    Args:
        amount: How much, in whole euros.
        to: Who gets it.
    """
    return f"€{amount} would now be on their way to {to}."


DEMO_TOOLS: Final = (demo_weather, demo_transfer)

"""What the demo model does with the tools of the demo agent: when it calls them, and what it says of their results."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from weft.llm.model import ModelRequest
from weft.threads.json_values import is_object
from weft.threads.messages import MessageRole, Part

WEATHER: Final = "demo_weather"
TRANSFER: Final = "demo_transfer"

_ABOUT_WEATHER: Final = re.compile(r"\b(weather|forecast|temperature|rain\w*|sunny|snow\w*|wetter|clima|météo)\b", re.I)
_ABOUT_MONEY: Final = re.compile(r"\b(transfer|pay|approv\w+|(send|wire)\b.*\b(money|\d+))\b", re.I)
_PLACE: Final = re.compile(r"\b(?:in|for|at|of)\s+((?:[A-ZÀ-Þ][\w’'-]*\s?){1,3})")
_PERSON: Final = re.compile(r"\bto\s+((?:[A-ZÀ-Þ][\w’'-]*\s?){1,3})")
_AMOUNT: Final = re.compile(r"\d{1,7}")


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make, and what to say before."""

    id: str
    name: str
    input: str
    preamble: str


def call_for(request: ModelRequest, said: str, turn: int) -> Call | None:
    """The call that the user's text is about; None when there is no such tool or nothing is to be called."""
    if request.tool_choice == "none":
        return None
    tools = {tool.name for tool in request.tools}
    wants_money = _ABOUT_MONEY.search(said) or request.tool_choice == TRANSFER
    wants_weather = _ABOUT_WEATHER.search(said) or request.tool_choice in (WEATHER, "required")
    id_ = f"call_{crc32(said.encode()):08x}_{turn}"
    if TRANSFER in tools and wants_money:
        amount = _AMOUNT.search(said)
        given: dict[str, Any] = {"amount": int(amount[0]) if amount else 250, "to": _named(_PERSON, said) or "Ada"}
        preamble = "That needs your approval: I may only do it when you say yes."
        return Call(id_, TRANSFER, json.dumps(given, ensure_ascii=False), preamble)
    if WEATHER in tools and wants_weather:
        place = _named(_PLACE, said) or "Rome"
        return Call(id_, WEATHER, json.dumps({"city": place}, ensure_ascii=False), "Let me look that up.")
    return None


def hint_for(request: ModelRequest) -> str | None:
    """What to try, where there is something to try."""
    tools = {tool.name for tool in request.tools}
    if not {WEATHER, TRANSFER} <= tools:
        return None
    return (
        "Try “What is the weather in Rome?” to see me call a tool, or “Send 250 to Ada” to be asked for your approval."
    )


def results_in(request: ModelRequest) -> Sequence[Part]:
    """The results of the calls of this turn, which the model has not spoken about yet."""
    last = request.messages[-1]
    if last.role is not MessageRole.TOOL:
        return []
    return [part for part in last.content if part["type"] == "tool-result"]


def report_on(result: Part) -> str:
    """What the model makes of a result."""
    output = result.get("output")
    kind, value = (output.get("type"), output.get("value")) if is_object(output) else (None, output)
    if kind == "execution-denied":
        return "You said no, so nothing was run. I am only a demo, but that is how it is with real money, too."
    if kind in ("error-text", "error-json"):
        return f"The tool could not do it: {value}"
    if result.get("toolName") == TRANSFER:
        return (
            f"Done, as far as a demo can: {value} No money has moved. While I waited for your approval, this answer "
            "was only a row in MongoDB and no process was busy with it: it would have gone on after a restart, too."
        )
    if result.get("toolName") == WEATHER:
        return (
            f"{value} The demo made that up, but the call was real: a Python function ran on your server, its input "
            "and its result are stored, and whoever watches this thread saw both as they came."
        )
    return f"The tool says: {json.dumps(value, ensure_ascii=False)[:500]}. I am only a demo and do not understand it."


def _named(pattern: re.Pattern[str], said: str) -> str | None:
    found = pattern.search(said)
    return found[1].strip() if found else None

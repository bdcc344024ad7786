"""What the chaos run serves: an agent that echoes, one that takes its time, one that asks before it pays."""

from collections.abc import Sequence
from itertools import takewhile

from weft import Agent, create_app, tool
from weft.llm.model import ModelRequest
from weft.testing import Answer, Call, ScriptedModel, Step
from weft.threads.messages import MessageRole

WORDS = 40


def asked(request: ModelRequest) -> str:
    """The newest prompt."""
    prompts = [message for message in request.messages if message.role is MessageRole.USER]
    return str(prompts[-1].content[0]["text"])


def echo(request: ModelRequest) -> Answer:
    return f"You said: {asked(request)}"


def long_echo(request: ModelRequest) -> Answer:
    return f"You said: {asked(request)} " + " ".join(f"word{number}" for number in range(WORDS))


def careful(request: ModelRequest) -> Sequence[Step]:
    """Looks, then pays if it may, then says so: each call has an id of its own turn, as a model gives them."""
    newest = takewhile(lambda message: message.role is not MessageRole.USER, reversed(request.messages))
    steps = sum(message.role is MessageRole.ASSISTANT for message in newest)
    name = asked(request)
    match steps:
        case 0:
            return ["I look. ", Call("look", {"what": name}, id=f"look {name}")]
        case 1:
            return ["I pay. ", Call("pay", {"what": name}, id=f"pay {name}")]
        case _:
            return [f"You said: {name}"]


@tool
async def look(what: str) -> str:
    """Looks."""
    return f"seen {what}"


@tool(needs_approval=True)
async def pay(what: str) -> str:
    """Pays."""
    return f"paid {what}"


AGENTS = ("echo", "slow", "careful")
app = create_app(
    [
        Agent("echo", model=ScriptedModel([echo], repeat=True)),
        Agent("slow", model=ScriptedModel([long_echo], delay=0.02, repeat=True)),
        Agent("careful", model=ScriptedModel([careful], delay=0.01, repeat=True), tools=[look, pay]),
    ]
)

"""The app that the recipes talk to. Each answer depends on its request alone: recipes are tried side by side."""

from weft import Agent, create_app
from weft.agents.demo_tools import DEMO_TOOLS
from weft.llm.model import ModelRequest
from weft.testing import Answer, Call, ScriptedModel

ANSWER = " ".join(f"word{number}" for number in range(1, 61))


def transfer(request: ModelRequest) -> Answer:
    """Asks to send money; tells sixty words once that is decided."""
    decided = any(part["type"] == "tool-result" for message in request.messages for part in message.content)
    return ANSWER if decided else Call("demo_transfer", {"amount": 5, "to": "Ada"})


app = create_app(
    [
        Agent("quick", model=ScriptedModel(["Hello to you, too."], delay=0.01, repeat=True)),
        Agent("slow", model=ScriptedModel([ANSWER], delay=0.025, repeat=True)),
        Agent("careful", model=ScriptedModel([transfer], delay=0.01, repeat=True), tools=DEMO_TOOLS),
    ]
)

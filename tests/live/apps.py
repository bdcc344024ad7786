"""The app that the server processes of these tests serve: one agent for each way an answer can go."""

from tests.live.travel import travel_agents

from weft import Agent, create_app
from weft.llm.model import ModelRequest
from weft.testing import Fail, ProviderError, ScriptedModel, Step, Usage, UsageReported

WORDS = [f"word{number}" for number in range(150)]
LONG = " ".join(WORDS)
USAGE = Usage(input_tokens=7, output_tokens=150, total_tokens=157)


def echo(request: ModelRequest) -> str:
    """Answers with the newest user message, so that a test knows what is right."""
    return "You said: " + str(request.messages[-1].content[0]["text"])


def broken(_: ModelRequest) -> list[Step]:
    return [
        "half an ",
        UsageReported(USAGE),
        Fail(ProviderError("the provider is down", provider="scripted", provider_code="overloaded", http_status=529)),
    ]


agents = [
    Agent("demo", model="demo"),
    Agent("echo", model=ScriptedModel([echo], repeat=True)),
    Agent("slow", model=ScriptedModel([LONG], usage=USAGE, delay=0.02, repeat=True)),
    Agent("broken", model=ScriptedModel([broken], repeat=True)),
    Agent("keyless", model="openai:gpt-5-mini"),
    *travel_agents,
]
app = create_app(agents)

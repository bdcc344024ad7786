"""The app that the npm package is tried against: agents that take their time, call tools, and ask before they do."""

from tests.e2e.apps import ANSWER, RICH, SEND, broken, count_slowly

from weft import Agent, create_app
from weft.agents.demo_tools import DEMO_TOOLS
from weft.testing import ScriptedModel

app = create_app(
    [
        Agent("demo", model="demo", tools=DEMO_TOOLS),
        Agent("slow", model=ScriptedModel([ANSWER], delay=0.05, repeat=True)),
        Agent("rich", model=ScriptedModel(RICH, repeat=True), tools=[count_slowly, broken]),
        Agent("careful", model=ScriptedModel([SEND, ANSWER], delay=0.05, repeat=True), tools=DEMO_TOOLS),
    ]
)

"""The app the browser tests talk to: the demo, and an agent slow enough to be interrupted."""

from weft import Agent, create_app
from weft.testing import ScriptedModel

ANSWER = " ".join(f"word{number}" for number in range(1, 61))

app = create_app([Agent("demo", model="demo"), Agent("slow", model=ScriptedModel([ANSWER], delay=0.05, repeat=True))])

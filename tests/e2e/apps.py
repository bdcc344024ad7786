"""The app the browser tests talk to: the demo, agents that wait in mid-answer until told, and runs with tools."""

from collections import defaultdict
from collections.abc import AsyncGenerator

from weft import Agent, ToolContext, create_app, tool
from weft.agents.demo_tools import DEMO_TOOLS
from weft.agents.tools.answered import human_tool
from weft.llm.model import ModelRequest
from weft.testing import Answer, Call, FileMade, Gate, ReasoningDelta, ScriptedModel, SourceFound, Step, Usage
from weft.threads.events import ThreadChanged
from weft.threads.messages import MessageRole, text_of

ANSWER = " ".join(f"word{number}" for number in range(1, 61))
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg=="
COUNTED = 12


@tool(title="Count slowly")
async def count_slowly(context: ToolContext, to: int) -> AsyncGenerator[str]:
    """Counts to 1, shows it, and goes on when the test gives the thread another title."""
    assert context.thread_id is not None
    thread = await context.weft.threads.require(context.thread_id)
    reader = await context.weft.feeds.thread(thread.id, None)
    try:
        yield "counted to 1"
        async for item in reader:
            if isinstance(item.event, ThreadChanged) and item.event.thread.title != thread.title:
                break
    finally:
        await reader.aclose()
    yield f"counted to {to}"


@tool
async def broken() -> str:
    """Fails."""
    raise ValueError("the machine is out of paper")


def asked(request: ModelRequest) -> str:
    """What the person wrote last."""
    return next(text_of(row.content) or "" for row in reversed(request.messages) if row.role is MessageRole.USER)


def echo(request: ModelRequest) -> str:
    """What the model was really told."""
    return f"Told <{request.instructions}>, asked <{asked(request)}>."


GATES: defaultdict[str, Gate] = defaultdict(Gate)
"""By what was asked, and which stop of the answer to it."""


def held(request: ModelRequest) -> list[Step]:
    """Sixty words that stop at twenty and at forty, until `opener` is asked to open `<what was asked>/<stop>`."""
    words = ANSWER.split(" ")
    first, second, third = (" ".join(words[start : start + 20]) for start in (0, 20, 40))
    return [first, GATES[f"{asked(request)}/1"], f" {second}", GATES[f"{asked(request)}/2"], f" {third}"]


def opened(request: ModelRequest) -> str:
    GATES[asked(request)].open()
    return "It is open."


RICH: list[Answer] = [
    [
        ReasoningDelta("First I count, then I try the printer."),
        "One moment.",
        Call("count_slowly", {"to": COUNTED}),
        Call("broken"),
    ],
    [
        "I counted; the printer failed.",
        SourceFound("s1", "https://example.org/counting", "On counting"),
        FileMade("image/png", PIXEL),
    ],
]

SEND = Call("demo_transfer", {"amount": 5, "to": "Ada"})
MIXED: list[Answer] = [
    [Call("count_slowly", {"to": 2 * COUNTED}), SEND],
    "Counted and sent.",
]

app = create_app(
    [
        Agent("demo", model="demo", tools=DEMO_TOOLS),
        Agent("slow", model=ScriptedModel([ANSWER], delay=0.1, repeat=True)),
        Agent("echo", model=ScriptedModel([echo], repeat=True), instructions="Be kind."),
        Agent("rich", model=ScriptedModel(RICH, repeat=True), tools=[count_slowly, broken]),
        Agent("held", model=ScriptedModel([held], delay=0.02, repeat=True)),
        Agent("opener", model=ScriptedModel([opened], repeat=True)),
        Agent("careful", model=ScriptedModel([SEND, held], delay=0.02, repeat=True), tools=DEMO_TOOLS),
        Agent("mixed", model=ScriptedModel(MIXED, repeat=True), tools=[count_slowly, *DEMO_TOOLS]),
        Agent(
            "asker",
            model=ScriptedModel(
                [Call("ask_human", {"question": "Which colour?"}), "Then it shall be so."],
                name="gpt-5-mini",
                provider="openai",
                usage=Usage(input_tokens=1200, output_tokens=34, total_tokens=1234),
                repeat=True,
            ),
            tools=[human_tool(title="A question")],
        ),
    ]
)

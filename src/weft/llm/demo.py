"""`demo`: answers without a key or a network, word by word, and says so. The same request gives the same answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from zlib import crc32

from weft.llm.demo_tools import Call, call_for, hint_for, report_on, results_in
from weft.llm.model import (
    Finish,
    ModelEvent,
    ModelRequest,
    TextDelta,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
    UsageReported,
)
from weft.llm.parts import texts_of
from weft.llm.words import count_words, words_of
from weft.threads.messages import FinishReason, MessageRole
from weft.threads.usage import Usage

# About 32 words a second: fast, yet readable as it comes.
READING_PACE = 1 / 32
_LONGEST_QUOTE = 160

_OPENINGS = (
    "Got it.",
    "Thanks, that arrived safely.",
    "Here I am, one word at a time.",
    "Received, stored and answered.",
)
_EXPLANATIONS = (
    "I am Weft's demo model: no language model has read this, and nothing has left your machine. "
    "Everything else is real: the thread, the rows it is stored in, the job that runs me, "
    "and the stream you are watching now.",
    "I am only a demo and understand nothing of it, but the path is the real one: your message is a row in MongoDB, "
    "a job was queued for it, and each of these words travels through the same live feed.",
    "Please do not expect wisdom: I am the demo model and just repeat after you. What you can judge is the streaming. "
    "Reload the page, or open a second window, and this answer goes on where it was.",
)
_MENDING = (
    'To talk to a real model, set OPENAI_API_KEY and give your agent model="openai:gpt-5-mini", '
    'or set ANTHROPIC_API_KEY and use model="anthropic:claude-sonnet-5-5".'
)


class DemoModel:
    """A stand-in for the first minutes. `pace` is the pause between two words, in seconds; 0 sends all at once.

    It calls the tools of the built-in demo agent, where it is given them, when the user's message is about them.
    """

    provider = "demo"
    name = "demo"

    def __init__(
        self, *, pace: float = READING_PACE, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._pace = pace
        self._sleep = sleep

    def __repr__(self) -> str:
        return "DemoModel()"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        asked = _words_in(request)
        yield UsageReported(Usage(input_tokens=asked, total_tokens=asked))
        told = 0
        answer, call = _answer(request)
        for event in _events(answer, call):
            if isinstance(event, (TextDelta, ToolInputDelta)):
                if self._pace and told:
                    await self._sleep(self._pace)
                told += 1
            yield event
        usage = Usage(input_tokens=asked, output_tokens=told, total_tokens=asked + told)
        reason = FinishReason.STOP if call is None else FinishReason.TOOL_CALLS
        yield Finish(reason, usage, self.name, {"demo": {"usage": "estimated from words"}})


def _events(answer: str, call: Call | None) -> Iterator[ModelEvent]:
    yield from map(TextDelta, words_of(answer))
    if call is not None:
        yield ToolInputStarted(call.id, call.name)
        for word in words_of(call.input):
            yield ToolInputDelta(call.id, word)
        yield ToolCalled(call.id, call.name, call.input)


def _words_in(request: ModelRequest) -> int:
    texts = (text for message in request.messages for text in texts_of(message.content))
    return count_words(request.instructions or "") + sum(map(count_words, texts))


def _answer(request: ModelRequest) -> tuple[str, Call | None]:
    if results := results_in(request):
        return " ".join(map(report_on, results)), None
    said, turn = _last_said(request)
    if call := call_for(request, said, turn):
        return call.preamble, call
    seed = crc32(said.encode()) + turn
    reply = f"This is message {turn} you have written here, and it says" if turn > 1 else "You wrote"
    sentences = (_pick(_OPENINGS, seed), f"{reply}: {_quote(said)}", _pick(_EXPLANATIONS, seed // 7))
    return "\n\n".join(filter(None, (" ".join(sentences), hint_for(request), _MENDING))), None


def _last_said(request: ModelRequest) -> tuple[str, int]:
    """The user's latest text, and how many messages the user has written."""
    users = [message for message in request.messages if message.role is MessageRole.USER]
    return " ".join(texts_of(users[-1].content)) if users else "", len(users)


def _quote(said: str) -> str:
    words = " ".join(said.split())
    if not words:
        return "something without words, which I cannot quote."
    return f"“{words if len(words) <= _LONGEST_QUOTE else words[:_LONGEST_QUOTE].rstrip() + '…'}”."


def _pick(choices: Sequence[str], seed: int) -> str:
    return choices[seed % len(choices)]

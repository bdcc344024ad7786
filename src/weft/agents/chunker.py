"""Turns a model's events and its tools' results into AI SDK chunks (behaviour.md row 124), text cut where it is asked.

A run is one message of several steps: `start`, then of each step `start-step` … `finish-step`, then `finish`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from weft.llm.model import (
    DocumentCited,
    FileMade,
    ModelEvent,
    ReasoningDelta,
    SourceFound,
    TextDelta,
    ToolAnswered,
    ToolInputDelta,
    ToolInputStarted,
)
from weft.threads.generations import Chunking
from weft.threads.json_values import is_object, string
from weft.threads.messages import FinishReason, Part
from weft.threads.streams import Chunk


@dataclass(slots=True)
class _OpenPart:
    kind: str
    id: str
    held: str = ""


class Chunker:
    """Feed it what happens; each method gives the chunks that it makes, which may be none."""

    def __init__(self, chunking: Chunking | None = None) -> None:
        self._part: _OpenPart | None = None
        self._started = False
        self._in_step = False
        self._step = 0
        self._split = _SPLITS[chunking or Chunking.WORD]

    def chunks_of(self, event: ModelEvent) -> Iterable[Chunk]:
        """The chunks of a model's event; none for those that are not shown."""
        if isinstance(event, TextDelta):  # nearly all of them
            return self._grow("text", event.id, event.text, event.provider_metadata)
        if isinstance(event, ReasoningDelta):
            return self._grow("reasoning", event.id, event.text, event.provider_metadata)
        return self._shown(event)

    def _shown(self, event: ModelEvent) -> Iterator[Chunk]:
        match event:
            case SourceFound() | DocumentCited():
                yield from self._start()
                yield _source(event)
            case FileMade():
                address = f"data:{event.media_type};base64,{event.data}"
                yield from self.show({"type": "file", "mediaType": event.media_type, "url": address})
            case ToolInputStarted():
                executed = event.provider_executed or None
                told: Chunk = {"toolCallId": event.id, "toolName": event.name, "providerExecuted": executed}
                yield from self.show(_set({"type": "tool-input-start", **told}))
            case ToolInputDelta():
                if event.text:
                    yield from self.show(
                        {"type": "tool-input-delta", "toolCallId": event.id, "inputTextDelta": _whole(event.text)}
                    )
            case ToolAnswered():
                facts: Chunk = {"providerExecuted": True, "providerMetadata": event.provider_metadata}
                yield from self.show(_set(output_chunk(event.id, event.output) | facts))
            case _:
                return

    def show(self, chunk: Chunk) -> Iterator[Chunk]:
        """A chunk that is whole: what is being written before it is closed."""
        yield from self._close()
        yield from self._start()
        yield chunk

    def close(self) -> Iterator[Chunk]:
        """Closes the text that is being written."""
        yield from self._close()

    def end_step(self) -> Iterator[Chunk]:
        """Closes the step and what is open in it."""
        yield from self._close()
        if self._in_step:
            self._in_step = False
            self._step += 1
            yield {"type": "finish-step"}

    def end(self, reason: FinishReason) -> Iterator[Chunk]:
        """Closes the message, which came to its end."""
        yield from self._close()
        if not self._started:
            yield from self._start()
        yield from self.end_step()
        yield {"type": "finish", "finishReason": reason.value}

    def cut(self, error: str) -> Iterator[Chunk]:
        """Closes what is open of a message that failed; the message itself stays open for its error."""
        yield from self._close()
        yield {"type": "error", "errorText": error}

    def message(self) -> Iterator[Chunk]:
        """Opens the message without a step: results of calls of an earlier stream may follow."""
        if not self._started:
            self._started = True
            yield {"type": "start"}

    def _start(self) -> Iterator[Chunk]:
        yield from self.message()
        if not self._in_step:
            self._in_step = True
            yield {"type": "start-step"}

    def _grow(self, kind: str, id_: str, text: str, metadata: Any) -> list[Chunk]:
        id_ = f"{self._step}:{id_}" if self._step else id_
        chunks: list[Chunk] = []
        part = self._part
        if part is None or part.id != id_ or part.kind != kind:
            chunks = [*self._close(), *self._start(), {"type": f"{kind}-start", "id": id_}]
            part = self._part = _OpenPart(kind, id_)
        words, part.held = self._split(part.held + text)
        if words or metadata is not None:
            delta: Chunk = {"type": f"{kind}-delta", "id": id_, "delta": _whole(words)}
            chunks.append(delta if metadata is None else {**delta, "providerMetadata": metadata})
        return chunks

    def _close(self) -> Iterator[Chunk]:
        part, self._part = self._part, None
        if part is not None:
            if part.held:
                yield {"type": f"{part.kind}-delta", "id": part.id, "delta": _whole(part.held)}
            yield {"type": f"{part.kind}-end", "id": part.id}


def output_chunk(call_id: str, output: Part) -> Chunk:
    """The chunk that tells of a call's stored output."""
    kind, value = output.get("type"), output.get("value")
    if kind == "execution-denied":
        return {"type": "tool-output-denied", "toolCallId": call_id}
    if kind in ("error-text", "error-json"):
        return {"type": "tool-output-error", "toolCallId": call_id, "errorText": error_text(value)}
    return {"type": "tool-output-available", "toolCallId": call_id, "output": value}


def error_text(value: Any) -> str:
    """What an error output says: its text, or the message inside its JSON."""
    said = string(value, "message") if is_object(value) else None
    return value if isinstance(value, str) else said or str(value)


def _source(event: SourceFound | DocumentCited) -> Chunk:
    if isinstance(event, SourceFound):
        return _set({"type": "source-url", "sourceId": event.id, "url": event.url, "title": event.title})
    told = {"title": event.title, "mediaType": event.media_type, "filename": event.filename}
    return _set({"type": "source-document", "sourceId": event.id, **told})


def _set(value: Chunk) -> Chunk:
    return {name: given for name, given in value.items() if given is not None}


_LONGEST_HELD: Final = 40


def _by_word(text: str) -> tuple[str, str]:
    """Whole words, with the space after them, and the rest that may still grow."""
    end = max(text.rfind(" "), text.rfind("\n"), text.rfind("\t")) + 1
    return (text, "") if len(text) - end > _LONGEST_HELD else (text[:end], text[end:])


def _by_line(text: str) -> tuple[str, str]:
    end = text.rfind("\n") + 1
    return text[:end], text[end:]


def _by_character(text: str) -> tuple[str, str]:
    return text, ""


_SPLITS: Final[dict[Chunking, Callable[[str], tuple[str, str]]]] = {
    Chunking.WORD: _by_word,
    Chunking.LINE: _by_line,
    Chunking.CHARACTER: _by_character,
}


def _whole(text: str) -> str:
    """Some servers send a character in two halves, as UTF-16 has it; a half that stays alone cannot be stored."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text

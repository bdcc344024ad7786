"""Turns a model's events into AI SDK chunks (behaviour.md row 124), text cut at the ends of words."""

from collections.abc import Iterator
from dataclasses import dataclass

from weft.llm.model import Finish, ModelEvent, ReasoningDelta, SourceFound, TextDelta
from weft.threads.streams import Chunk


@dataclass(slots=True)
class _OpenPart:
    kind: str
    id: str
    held: str = ""


class Chunker:
    """Feed it events with `chunks_of`, then call `end` once."""

    def __init__(self) -> None:
        self._part: _OpenPart | None = None
        self._started = False

    def chunks_of(self, event: ModelEvent) -> Iterator[Chunk]:
        """The chunks that an event makes; none for those that are not shown."""
        match event:
            case TextDelta():
                yield from self._grow("text", event.id, event.text)
            case ReasoningDelta():
                yield from self._grow("reasoning", event.id, event.text, event.provider_metadata)
            case SourceFound():
                yield from self._start()
                source: Chunk = {"type": "source-url", "sourceId": event.id, "url": event.url}
                yield source if event.title is None else {**source, "title": event.title}
            case _:
                return

    def end(self, finish: Finish | None) -> Iterator[Chunk]:
        """Closes what is open. Without a Finish the answer was cut off: the message stays open for its error."""
        yield from self._close()
        if finish is not None:
            yield from self._start()
            yield {"type": "finish-step"}
            yield {"type": "finish", "finishReason": finish.reason.value}

    def _start(self) -> Iterator[Chunk]:
        if not self._started:
            self._started = True
            yield {"type": "start"}
            yield {"type": "start-step"}

    def _grow(self, kind: str, id_: str, text: str, metadata: object = None) -> Iterator[Chunk]:
        part = self._part
        if part is None or (part.kind, part.id) != (kind, id_):
            yield from self._close()
            yield from self._start()
            part = self._part = _OpenPart(kind, id_)
            yield {"type": f"{kind}-start", "id": id_}
        words, part.held = _split(part.held + text)
        if words or metadata is not None:
            delta: Chunk = {"type": f"{kind}-delta", "id": id_, "delta": _whole_characters(words)}
            yield delta if metadata is None else {**delta, "providerMetadata": metadata}

    def _close(self) -> Iterator[Chunk]:
        part, self._part = self._part, None
        if part is not None:
            if part.held:
                yield {"type": f"{part.kind}-delta", "id": part.id, "delta": _whole_characters(part.held)}
            yield {"type": f"{part.kind}-end", "id": part.id}


_LONGEST_HELD = 40


def _split(text: str) -> tuple[str, str]:
    """Whole words, with the space after them, and the rest that may still grow."""
    end = max(text.rfind(" "), text.rfind("\n"), text.rfind("\t")) + 1
    return (text, "") if len(text) - end > _LONGEST_HELD else (text[:end], text[end:])


def _whole_characters(text: str) -> str:
    """Some servers send a character in two halves, as UTF-16 has it; a half that stays alone cannot be stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text

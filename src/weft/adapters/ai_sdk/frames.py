"""Chunks with the ids of their events, so that a client can go on after any of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from weft.adapters.ai_sdk.places import Place
from weft.adapters.ai_sdk.told import Told
from weft.threads.streams import Chunk


@dataclass(frozen=True, slots=True)
class Frame:
    """One event. `place` is where a client is that has it; None where only the beginning can be asked for again."""

    chunk: Chunk
    place: Place | None


class Frames:
    """Counts what goes out after a stream's position; what the client is known to have is told again, not sent."""

    def __init__(self, client: Told) -> None:
        self.client = client
        self._place: Place | None = None
        self._skip = 0

    def at(self, place: Place) -> None:
        """The client is here: the next `more` chunks are not sent."""
        self._place, self._skip = Place(place.stream_id, place.position), place.more

    def begin(self, stream_id: str, position: int) -> None:
        """From here on places count from a stream's position."""
        here = Place(stream_id, position)
        if self._place is None or (self._place.stream_id, self._place.position) != (stream_id, position):
            self._place, self._skip = here, 0

    def bare(self, chunks: Iterable[Chunk]) -> list[Frame]:
        """Frames without a place."""
        return [Frame(chunk, None) for chunk in chunks]

    def told(self, chunk: Chunk | None) -> list[Frame]:
        """The next chunk of the stream; None, and one that the client cannot take, counts and is not sent."""
        sent = None if chunk is None else self.client.tell(chunk)
        if sent is not None:
            return self.further((sent,))
        self._passed()
        return []

    def further(self, chunks: Iterable[Chunk]) -> list[Frame]:
        """Frames of chunks that were told to the client already."""
        return [Frame(chunk, self._place) for chunk in chunks if not self._passed()]

    def complete(self, frames: list[Frame], position: int) -> list[Frame]:
        """All up to a position of the stream is told."""
        if self._place is not None:
            self._place, self._skip = Place(self._place.stream_id, position), 0
            if frames:
                frames[-1] = Frame(frames[-1].chunk, self._place)
        return frames

    def _passed(self) -> bool:
        """Counts a chunk; True when the client has it."""
        if self._place is not None:
            self._place = Place(self._place.stream_id, self._place.position, self._place.more + 1)
        if not self._skip:
            return False
        self._skip -= 1
        return True

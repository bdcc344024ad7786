"""What a stub provider shall answer, said once for all three wire formats."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Say:
    """Text, one delta a word."""

    text: str


@dataclass(frozen=True)
class Think:
    """Reasoning, one delta a word; `proof` is the signature or the encrypted item that comes with it."""

    text: str
    proof: str = "proof"


@dataclass(frozen=True)
class Refuse:
    """The model refuses, in these words where the format has a place for them."""

    text: str


@dataclass(frozen=True)
class Cite:
    """The text just said rests on a page."""

    url: str
    title: str


@dataclass(frozen=True)
class Quote:
    """The text just said rests on a document without an address."""

    title: str
    id: str = "file-1"


@dataclass(frozen=True)
class Use:
    """A tool is called; the text of its input, good or bad JSON, comes in pieces of `size` characters."""

    id: str
    name: str
    input: str = "{}"
    size: int = 5

    @property
    def pieces(self) -> list[str]:
        return [self.input[start : start + self.size] for start in range(0, len(self.input), self.size)]


@dataclass(frozen=True)
class Hold:
    """Sends nothing until the event is set."""

    until: asyncio.Event


@dataclass(frozen=True)
class Break:
    """The provider reports an error in the middle, and ends."""

    code: str
    message: str


@dataclass(frozen=True)
class Fail:
    """As `Break`, but as `response.failed` where the format has that."""

    code: str
    message: str


@dataclass(frozen=True)
class Raw:
    """These bytes as they are."""

    data: bytes


class Cut:
    """The connection breaks."""


class End:
    """The response ends properly, but without the format's last event."""


Step = Say | Think | Refuse | Cite | Quote | Use | Hold | Break | Fail | Raw | Cut | End


@dataclass(frozen=True)
class Tokens:
    """What the stub claims was used; `uncached` is the input that was not read from the cache."""

    uncached: int = 8
    cached: int = 4
    written: int = 0
    output: int = 7
    reasoning: int = 2

    @property
    def input(self) -> int:
        return self.uncached + self.cached + self.written


@dataclass(frozen=True)
class Reply:
    """An answer. `stop` is in Weft's words; `slice` cuts the bytes into pieces of that size,
    `linger` keeps the connection open after the last one until it is set, `bare` leaves out the first events.
    """

    steps: Sequence[Step]
    stop: str = "stop"
    tokens: Tokens | None = field(default_factory=Tokens)
    slice: int | None = None
    linger: asyncio.Event | None = None
    bare: bool = False

    @property
    def calls_tools(self) -> bool:
        return self.stop == "stop" and any(isinstance(step, Use) for step in self.steps)


@dataclass(frozen=True)
class Deny:
    """An HTTP error. `body` replaces the provider's usual form."""

    status: int
    code: str
    message: str = "no"
    headers: Sequence[tuple[str, str]] = ()
    body: bytes | None = None


def words(text: str) -> list[str]:
    return [word for word in text.replace(" ", " \0").split("\0") if word]

"""Where in an answer a client is: all of a stream's parts before `position`, and `more` chunks after them.

It goes out as the `id` of every event that comes from a stream, and comes back as `Last-Event-ID` or `?after=`.
"""

import re
from dataclasses import dataclass
from typing import Final

from weft.errors import InputError

_FORM: Final = re.compile(r"(str_[0-9a-z]{1,40})\.(\d{1,15})(?:\.(\d{1,15}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    stream_id: str
    position: int
    more: int = 0

    def encode(self) -> str:
        place = f"{self.stream_id}.{self.position}"
        return f"{place}.{self.more}" if self.more else place

    @staticmethod
    def decode(text: str) -> "Place":
        """Raises InputError when the text is no place."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise InputError(f"{text!r:.80} is not the id of an event of this stream", path=("after",))
        return Place(found[1], int(found[2]), int(found[3] or 0))

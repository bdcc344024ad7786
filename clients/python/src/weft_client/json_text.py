"""JSON that arrives in pieces: whether it is whole, found by looking at every character once."""

import json
import re
from typing import Any, Final

_TELLING: Final = re.compile(r'["\\{}\[\]]')


class JsonText:
    """Text that grows. `value` is what it says once it is whole JSON, else None."""

    def __init__(self, text: str = "") -> None:
        self._pieces: list[str] = []
        self._depth = 0
        self._quoted = False
        self._escaped = False
        if text:
            self.add(text)

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def add(self, piece: str) -> None:
        start = 0
        if self._escaped and piece:
            self._escaped, start = False, 1
        while (found := _TELLING.search(piece, start)) is not None:
            start = found.end()
            if self._quoted and found[0] == "\\":
                self._escaped = start == len(piece)
                start += 1
            else:
                self._note(found[0])
        self._pieces.append(piece)

    def _note(self, mark: str) -> None:
        if mark == '"':
            self._quoted = not self._quoted
        elif not self._quoted and mark != "\\":
            self._depth += 1 if mark in "{[" else -1

    @property
    def text(self) -> str:
        """All of it. Joined when it is asked for, so that adding costs what is added."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    @property
    def value(self) -> Any:
        if self._quoted or self._depth != 0:
            return None
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

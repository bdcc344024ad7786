"""The newest names of a sort, so that late news about what has ended is known for that. Bounded."""

from collections.abc import Iterable

_MOST = 1000


class Recent:
    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> None:
        self._names.pop(name, None)
        self._names[name] = None
        if len(self._names) > _MOST:
            del self._names[next(iter(self._names))]

    def update(self, names: Iterable[str]) -> None:
        for name in names:
            self.add(name)

    def discard(self, names: Iterable[str]) -> None:
        for name in names:
            self._names.pop(name, None)

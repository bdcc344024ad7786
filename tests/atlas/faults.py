"""What goes wrong on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.atlas.refusals import Refused


@dataclass(slots=True)
class Fault:
    """`error` None: the connection ends without an answer. `times` None: until it is taken back."""

    error: Refused | None
    times: int | None


class Faults:
    """By the name of a command or of a search stage."""

    def __init__(self) -> None:
        self._planned: dict[str, Fault] = {}

    def plan(self, name: str, fault: Fault) -> None:
        self._planned[name] = fault

    def take_back(self, name: str) -> None:
        self._planned.pop(name, None)

    def next(self, names: Sequence[str]) -> Fault | None:
        """The fault that a command with these names runs into, counted."""
        for name in names:
            fault = self._planned.get(name)
            if fault is not None and (fault.times is None or fault.times > 0):
                fault.times = None if fault.times is None else fault.times - 1
                return fault
        return None

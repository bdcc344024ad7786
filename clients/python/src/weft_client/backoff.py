"""How long to wait before trying again: a quarter of a second, doubling up to five, and spread."""

import random
from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """Seconds. `next` grows with every call until `reset`."""

    first: float = 0.25
    longest: float = 5.0
    attempts: int = 0

    def next(self) -> float:
        base: float = min(self.longest, self.first * 2 ** min(self.attempts, 16))
        self.attempts += 1
        return base * random.uniform(0.75, 1.25)

    def reset(self) -> None:
        self.attempts = 0

"""How patient the client is. All in seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`timeout` of one request, `answer_timeout` of one that waits for a model, `connect_timeout` of a socket.

    A socket that is silent is asked every `ping_every` whether it lives, and given up if it says nothing within
    `pong_within`. Waits between attempts begin with `first_wait` and grow up to `longest_wait`. `page_size`: how many
    messages a live thread reads at once. `clock` is the wall's: where it leaps, the machine has slept.
    """

    timeout: float = 30.0
    answer_timeout: float = 610.0
    connect_timeout: float = 10.0
    ping_every: float = 10.0
    pong_within: float = 10.0
    first_wait: float = 0.25
    longest_wait: float = 5.0
    page_size: int = 30
    clock: Callable[[], float] = time.time

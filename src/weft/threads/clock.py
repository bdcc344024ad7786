"""Times are aware, UTC, and whole milliseconds, because that is what MongoDB and the API keep.

Processes that share a store agree on the time: whose own clock is off goes by the store's.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

Clock = Callable[[], datetime]

_TOLERATED_MS: Final = 2000


class _Correction:
    milliseconds = 0


def utc_now() -> datetime:
    """Now, cut to milliseconds."""
    now = datetime.now(UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return now + timedelta(milliseconds=_Correction.milliseconds) if _Correction.milliseconds else now


def milliseconds_now() -> int:
    """Now, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000 + _Correction.milliseconds


def go_by(store: datetime) -> timedelta:
    """Goes by the store's clock, which says this now, where this process's own is more than two seconds off.

    Returns by how much the time of this process has just been moved: not at all, as a rule.
    """
    wanted = int(store.timestamp() * 1000) - time.time_ns() // 1_000_000
    wanted = wanted if abs(wanted) > _TOLERATED_MS else 0
    changed = wanted - _Correction.milliseconds
    if abs(changed) <= _TOLERATED_MS:
        return timedelta(0)
    _Correction.milliseconds = wanted
    return timedelta(milliseconds=changed)

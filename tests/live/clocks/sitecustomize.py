"""On the path of a process, this sets its clock: whatever in it asks Python for the time is so many hours off."""

import datetime
import os
import time
from datetime import datetime as _Real  # noqa: N812
from typing import Any

HOURS = float(os.environ.get("TEST_CLOCK_HOURS", "0"))
_time, _time_ns = time.time, time.time_ns
_SHIFT = datetime.timedelta(hours=HOURS)


class _Instances(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _Real)


class _Shifted(_Real, metaclass=_Instances):
    """Makes times of the usual type, so that nobody sees the difference."""

    def __new__(cls, *args: Any, **fields: Any) -> Any:
        return _Real(*args, **fields)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return _Real.now(tz) + _SHIFT


if HOURS:
    setattr(datetime, "datetime", _Shifted)  # noqa: B010
    time.time = lambda: _time() + HOURS * 3600
    time.time_ns = lambda: _time_ns() + int(HOURS * 3600 * 10**9)

"""Logs to standard error: one object of JSON a line for machines, one line of text for people at a terminal.

What is known of an entry is given as `extra`; what people and models say, and what opens doors, never is.
"""

import json
import logging
import math
import sys
import time
from typing import Any, Final

from weft.settings import LogSettings

_OWN: Final = set(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "color_message"}
_MOST: Final = 8_000
"""Characters of a message or a value: collectors cut longer lines, and half an object is none."""
_MOST_OF_A_TRACE: Final = 16_000


class Structured(logging.Formatter):
    """The message, then the fields given as `extra`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the base class's name
        return " ".join((super().formatMessage(record), *(f"{name}={value!r}" for name, value in _extra(record))))


class Json(logging.Formatter):
    """`time`, `level`, `logger`, `message`, the fields given as `extra`, and `exception` with its trace as text."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:_MOST],
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)[-_MOST_OF_A_TRACE:]
        for name, value in _extra(record):
            entry[f"{name}_" if name in entry else name] = _plain(value)
        return json.dumps(entry, separators=(",", ":"))


def log_to_stderr(settings: LogSettings) -> None:
    """From now on all loggers of the process write there."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = settings.format == "json" if settings.format else not sys.stderr.isatty()
    handler.setFormatter(Json() if as_json else Structured())
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    # It tells of every socket that opens and closes.
    logging.getLogger("uvicorn.error").setLevel(max(logging.WARNING, logging.getLogger().level))


def _extra(record: logging.LogRecord) -> list[tuple[str, object]]:
    return [(name, value) for name, value in vars(record).items() if name not in _OWN]


def _plain(value: object) -> object:
    """As JSON has it; of what JSON has not, its `repr`."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    return (value if isinstance(value, str) else repr(value))[:_MOST]

"""Logs to standard error: one object of JSON a line for machines, one line of text for people at a terminal.

What is known of an entry is given as `extra`; what people and models say, and what opens doors, never is. What an
error says may quote that (a driver quotes a document, a parser its text): unless told to, only its kind and the places
it came through are logged. Libraries that would log what they send and are sent are kept from it at any level.
"""

import copy
import json
import logging
import math
import sys
import textwrap
import time
import traceback
from typing import Any, Final, cast

from weft.errors import ConfigError, UnavailableError
from weft.settings import LogSettings

_OWN: Final = set(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "color_message"}
_MOST: Final = 8_000
"""Characters of a message or a value: collectors cut longer lines, and half an object is none."""
_MOST_OF_A_TRACE: Final = 16_000


_TALKATIVE: Final = (
    "anthropic", "h2", "hpack", "httpcore", "httpcore2", "httpx", "httpx2", "mcp", "openai", "pymongo",
    "python_multipart", "sse_starlette", "urllib3", "websockets",
)  # fmt: skip
"""Loggers of libraries that at lower levels tell of commands, requests and frames, with all that is in them."""
_QUOTING: Final = "asyncio"
"""Its first lines are its own; further ones quote errors."""
_CAUSE: Final = "\nThe above was the cause of:\n\n"


class Careful(logging.Formatter):
    """`whole`: with what errors say."""

    def __init__(self, layout: str | None = None, *, whole: bool = False) -> None:
        super().__init__(layout)
        self._whole = whole

    def formatException(self, ei: Any) -> str:  # noqa: N802  the base class's name
        return super().formatException(ei) if self._whole or ei[1] is None else places_of(ei[1])

    def message_of(self, record: logging.LogRecord) -> str:
        """Without the lines that quote an error."""
        message = record.getMessage()
        return message.partition("\n")[0] if record.name == _QUOTING and not self._whole else message


def places_of(error: BaseException) -> str:
    """Its kind and where it happened, and those of what caused it; not what they say."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return _CAUSE.join(_place_of(each) for each in reversed(chain))


def _place_of(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, ConfigError | UnavailableError):
        kind += f": {error.message}"  # in our own words
    lines = ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__), kind]
    if isinstance(error, BaseExceptionGroup):
        inner = cast(BaseExceptionGroup[BaseException], error).exceptions
        lines += ["\n", *(textwrap.indent(places_of(each), "  ") + "\n" for each in inner)]
    return "".join(lines)


class Structured(Careful):
    """The message, then the fields given as `extra`."""

    def __init__(self, *, whole: bool = False) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", whole=whole)

    def format(self, record: logging.LogRecord) -> str:
        # What another handler has made of the error is not used: it may be whole.
        record = copy.copy(record)
        record.exc_text = None
        record.msg, record.args = self.message_of(record), ()
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the base class's name
        return " ".join((super().formatMessage(record), *(f"{name}={value!r}" for name, value in _extra(record))))


class Json(Careful):
    """`time`, `level`, `logger`, `message`, the fields given as `extra`, and `exception` with its trace as text."""

    def __init__(self, *, whole: bool = False) -> None:
        super().__init__(whole=whole)

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.message_of(record)[:_MOST],
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
    whole = settings.errors == "whole" if settings.errors else sys.stderr.isatty()
    handler.setFormatter(Json(whole=whole) if as_json else Structured(whole=whole))
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
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

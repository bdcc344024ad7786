"""Logs for people and machines: one line an entry, what is known about it as `name=value` at its end."""

import logging
import sys
from typing import Final

_OWN: Final = set(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "color_message"}


class Structured(logging.Formatter):
    """The message, then the fields given as `extra`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the base class's name
        fields = (f"{name}={value!r}" for name, value in vars(record).items() if name not in _OWN)
        return " ".join((super().formatMessage(record), *fields))


def log_to_stderr(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Structured())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # it tells of every socket that opens and closes

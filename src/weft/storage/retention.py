"""How long the log of a thread (events, deltas, ended streams) is kept, and so how old a cursor may be."""

from datetime import timedelta
from typing import Final

LOG_RETENTION: Final = timedelta(hours=24)

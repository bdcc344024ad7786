"""How long the log of a thread is kept, and so how old a cursor may be."""

from datetime import timedelta
from typing import Final

LOG_RETENTION: Final = timedelta(hours=24)
"""Of events. For ended streams and deltas it is the last stop, should nobody have swept them away."""

STREAM_RETENTION: Final = timedelta(minutes=5)
"""Of ended streams and their deltas: by then everyone who followed has the saved message."""

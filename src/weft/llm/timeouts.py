"""How long a provider is waited for."""

from httpx2 import Timeout

# A reasoning model may be silent for long between two events, but a server silent for two minutes is gone.
TIMEOUT = Timeout(120.0, connect=5.0)

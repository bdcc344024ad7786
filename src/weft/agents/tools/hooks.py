"""Hooks: functions of the application that are told something. Their failure never harms the run."""

import asyncio
import logging
from collections.abc import Callable
from inspect import isawaitable
from typing import Any, Final

_LOG = logging.getLogger(__name__)
_SECONDS: Final = 10.0


async def tell(hook: Callable[..., Any], *told: Any) -> None:
    """Calls a sync or async hook; a failure, or taking longer than 10 s, is logged."""
    try:
        async with asyncio.timeout(_SECONDS):
            answer = hook(*told)
            if isawaitable(answer):
                await answer
    except Exception:
        _LOG.exception("a hook failed", extra={"hook": getattr(hook, "__qualname__", type(hook).__name__)})

"""How a function of the application is to be called: on the event loop, or in a thread."""

import inspect
from collections.abc import Callable
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling it only makes a coroutine or an async generator, and so cannot take long."""
    called = inspect.getattr_static(type(function), "__call__", None)
    return any(kind(what) for what in (function, called) for kind in (iscoroutinefunction, isasyncgenfunction))

"""Expected failures of mutations become `userErrors`; all others go on to the engine, which codes and masks them."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from weft.errors import GenerationFailed, InputError, RateLimitedError
from weft.schema import errors

P = ParamSpec("P")
R = TypeVar("R")


def user_errors(payload: Callable[..., R]) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
    """Decorates a mutation that returns a `payload`: what is expected to fail becomes one that holds nothing else."""

    def decorate(mutation: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        @wraps(mutation)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return await mutation(*args, **kwargs)
            except InputError as error:
                return payload(user_errors=[errors.InputError.of(error)])
            except RateLimitedError as error:
                return payload(user_errors=[errors.RateLimitError.of(error)])
            except GenerationFailed as error:
                return payload(user_errors=[errors.GenerationError.of(error)])

        return guarded

    return decorate

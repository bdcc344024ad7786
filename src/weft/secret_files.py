"""A secret is the value of a variable, or what stands in the file that the variable with `_FILE` names; never both.

A file is read once: what it holds later counts after a restart. Only the names of files are ever shown.
"""

import os
from functools import lru_cache
from typing import Final

from weft.errors import ConfigError

PROVIDER_KEYS: Final = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY")
"""Of model providers, whose libraries gave these names."""

MAX_BYTES: Final = 64 * 1024
"""Of a file with a secret. More is a mistake, or a file without an end."""


def secret(name: str) -> str | None:
    """The secret of this name, without line ends behind it; None where neither variable is set, or both are empty.

    Raises:
        ConfigError: both are set, or the file cannot be read, is empty, is too large or is no text.
    """
    given, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if not path:
        return given or None
    if given:
        raise ConfigError(f"{name} and {name}_FILE are both set; set one of them")
    try:
        return _read(path)
    except OSError as error:
        raise _unusable(name, f"cannot read {path}: {error.strerror or type(error).__name__}") from None
    except UnicodeDecodeError:
        raise _unusable(name, f"{path} is not text in UTF-8") from None
    except ValueError as error:
        raise _unusable(name, f"{path} {error}") from None


def source_of(name: str) -> str | None:
    """Where the secret of this name comes from, in words; None when there is none. Raises as `secret` does."""
    if secret(name) is None:
        return None
    path = os.environ.get(f"{name}_FILE")
    return f"from the file {path}" if path else "from the environment"


def require_readable() -> None:
    """Raises as `secret` does when a provider's key cannot be read: better at the start than with the first answer."""
    for name in PROVIDER_KEYS:
        secret(name)


@lru_cache(maxsize=64)
def _read(path: str) -> str:
    with open(path, "rb") as file:
        held = file.read(MAX_BYTES + 1)
    if len(held) > MAX_BYTES:
        raise ValueError(f"has more than {MAX_BYTES:,} bytes")
    text = held.decode().rstrip("\r\n")
    if not text.strip():
        raise ValueError("is empty")
    if "\0" in text:
        raise ValueError("holds a zero byte")
    return text


def _unusable(name: str, why: str) -> ConfigError:
    return ConfigError(f"{name}_FILE is not usable: {why}")

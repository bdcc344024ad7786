"""Takes keys and passwords out of what a handler or a log is given: by the name they stand under, or by their look."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

MASK: Final = "[removed]"

# The end of a name in small letters without - and _: x-api-key, clientSecret and OPENAI_API_KEY are all meant.
_ENDS: Final = (
    "authorization",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "token",
    "password",
    "secret",
    "cookie",
)
# Searching a picture in base64 for one of these is a hundred times as fast as for the expression.
_MARKS: Final = (
    "sk-",
    "sk_",
    "pk-",
    "pk_",
    "rk-",
    "rk_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "xox",
    "AIza",
    "glpat-",
    "AKIA",
    "Bearer ",
    "://",
    "-----",
)
_LOOKS: Final = re.compile(
    r"""
      (?<![A-Za-z0-9]) (?: sk | pk | rk ) [-_] [A-Za-z0-9_-]{16,}
    | (?<![A-Za-z0-9]) (?: gh[pousr]_ | github_pat_ | xox[abeoprs]- | AIza | glpat- ) [A-Za-z0-9_-]{16,}
    | (?<![A-Za-z0-9]) AKIA [A-Z0-9]{16}
    | (?<= Bearer[ ] ) [A-Za-z0-9._~+/=-]{8,}
    | (?<= :// ) [^\s/:@]{1,256} : [^\s/@]{1,256} (?= @ )
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY----- [^-]{1,20000} -----END\ [A-Z ]*PRIVATE\ KEY-----
    """,
    re.VERBOSE,
)


def without_secrets(value: object) -> Any:
    """A copy with secrets replaced, however deep they are. What is not JSON becomes its text."""
    return _copy(value, hidden=False)


def _copy(value: object, *, hidden: bool) -> Any:
    if isinstance(value, Mapping):
        fields = cast(Mapping[object, object], value)
        return {str(name): _copy(field, hidden=hidden or _is_secret(str(name))) for name, field in fields.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return [_copy(item, hidden=hidden) for item in cast(Sequence[object], value)]
    if value is None or isinstance(value, (bool, float)):
        return value
    if hidden:
        return MASK
    return value if isinstance(value, int) else _masked(str(value))


def _masked(text: str) -> str:
    return _LOOKS.sub(MASK, text) if any(mark in text for mark in _MARKS) else text


def _is_secret(name: str) -> bool:
    return re.sub(r"[-_\s]", "", name).lower().endswith(_ENDS)

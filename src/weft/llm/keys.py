"""Which keys named models need, and whether they are there."""

import os
from typing import Final

from weft.llm.model import Model
from weft.secret_files import source_of

_KEYS: Final = {"openai": "OPENAI_API_KEY", "openai-chat": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


def key_of(model: str | Model) -> str | None:
    """The variable that holds a model's key; None for one that needs none, or that brings its own."""
    return _KEYS.get(model.partition(":")[0]) if isinstance(model, str) else None


def missing_key(model: str | Model) -> str | None:
    """The variable that is to be set before the model can be called."""
    variable = key_of(model)
    if variable is None or source_of(variable):
        return None
    # Compatible servers on one's own machine ask for none.
    elsewhere = str(model).startswith("openai-chat:") and os.environ.get("OPENAI_BASE_URL")
    return None if elsewhere else variable

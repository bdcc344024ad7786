"""For the tests of those who build on Weft: a model that plays a script. See docs/testing.md."""

from weft.errors import ProviderError
from weft.llm.model import (
    Finish,
    Model,
    ModelEvent,
    ModelMessage,
    ModelRequest,
    ModelSettings,
    ReasoningDelta,
    SourceFound,
    TextDelta,
    UsageReported,
)
from weft.llm.scripted import DEFAULT_USAGE, Answer, Fail, Gate, ScriptedModel, Step
from weft.threads.messages import FinishReason
from weft.threads.usage import Usage

__all__ = [
    "DEFAULT_USAGE",
    "Answer",
    "Fail",
    "Finish",
    "FinishReason",
    "Gate",
    "Model",
    "ModelEvent",
    "ModelMessage",
    "ModelRequest",
    "ModelSettings",
    "ProviderError",
    "ReasoningDelta",
    "ScriptedModel",
    "SourceFound",
    "Step",
    "TextDelta",
    "Usage",
    "UsageReported",
]

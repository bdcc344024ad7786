"""Tools that OpenAI runs itself, as calls and results of ours, and these as OpenAI's items again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from weft.llm.history import failed, input_of, json_text
from weft.llm.media import exact_type
from weft.llm.model import FileMade, ModelEvent, ToolAnswered, ToolCalled, ToolInputStarted
from weft.llm.openai_sdk import OPENAI
from weft.threads.json_values import is_object
from weft.threads.messages import Part

_Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Builtin:
    """The fields of an item that are the call's input, and those that are its output."""

    name: str
    asked: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


_BUILTINS: Final = {
    "web_search_call": _Builtin("web_search", ("action",)),
    "file_search_call": _Builtin("file_search", ("queries",), ("results",)),
    "code_interpreter_call": _Builtin("code_interpreter", ("code", "container_id"), ("outputs",)),
    "image_generation_call": _Builtin(
        "image_generation", (), ("revised_prompt", "size", "quality", "background", "output_format")
    ),
}
_IMAGE: Final = "image_generation_call"


def builtin_started(item: _Item) -> Iterator[ModelEvent]:
    """What the beginning of an item means; nothing where it is no built-in tool's."""
    if (tool := _BUILTINS.get(item.get("type", ""))) is not None and item.get("id"):
        yield ToolInputStarted(item["id"], tool.name, provider_executed=True)


def builtin_ended(item: _Item) -> Iterator[ModelEvent]:
    """The call, the picture if it made one, and the result."""
    tool = _BUILTINS.get(item.get("type", ""))
    if tool is None or not item.get("id"):
        return
    facts = {OPENAI.provider: {"itemId": item["id"]}}
    asked = {name: item[name] for name in tool.asked if item.get(name) is not None}
    yield ToolCalled(item["id"], tool.name, json_text(asked), provider_executed=True, provider_metadata=facts)
    if item["type"] == _IMAGE and isinstance(made := item.get("result"), str) and made:
        stated = f"image/{item.get('output_format') or 'png'}"
        yield FileMade(exact_type(made, stated), made)
    told = {name: item[name] for name in ("status", *tool.told) if item.get(name) is not None}
    kind = "error-json" if item.get("status") == "failed" else "json"
    yield ToolAnswered(item["id"], tool.name, {"type": kind, "value": told}, facts)


def builtin_item(call: Part, result: Part, item_id: str | None, *, stored: bool) -> _Item | None:
    """The item that a stored call and its result were read from; None where it cannot be told again."""
    kind = f"{call['toolName']}_call"
    if item_id is None or (tool := _BUILTINS.get(kind)) is None:
        return None
    if kind == _IMAGE:  # the picture itself is too big to be sent back and forth
        return {"type": "item_reference", "id": item_id} if stored else None
    asked, output = input_of(call), result.get("output")
    told = output.get("value") if is_object(output) else None
    told = told if is_object(told) else {}
    if any(name not in asked for name in tool.asked):
        return None
    status = "failed" if failed(result) else "completed"
    fields = {name: asked[name] for name in tool.asked} | {name: told.get(name) for name in tool.told}
    return {"type": kind, "id": item_id, "status": status, **fields}

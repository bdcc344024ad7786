"""The history as input items of OpenAI's Responses API.

Reasoning goes back where it stood, before the text and the calls of its step. OpenAI refuses an item that is named by
its id without the reasoning that led to it: ids are given only where all of a message's reasoning can be.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from weft.errors import ProviderError
from weft.llm.history import facts_of, input_of, json_text, output_parts, paired
from weft.llm.media import held_file, media_of
from weft.llm.model import ModelMessage
from weft.llm.openai_responses_builtin import builtin_item
from weft.llm.openai_sdk import OPENAI
from weft.llm.parts import texts_of, with_options
from weft.threads.messages import MessageRole, Part

_Item = dict[str, Any]


def input_items(messages: Sequence[ModelMessage], *, stored: bool) -> list[_Item]:
    """The items; `stored` is whether OpenAI keeps answers and so knows its own reasoning by its id."""
    return [item for message in paired(messages) for item in _items(message, stored)]


def _items(message: ModelMessage, stored: bool) -> Iterable[_Item]:
    match message.role:
        case MessageRole.USER:
            blocks = [block for part in message.content for block in _blocks(part)]
            return [{"role": "user", "content": blocks}] if blocks else []
        case MessageRole.SYSTEM:
            text = "\n\n".join(texts_of(message.content))
            return [{"role": "system", "content": text}] if text else []
        case MessageRole.TOOL:
            return [_output(part) for part in message.content]
        case MessageRole.ASSISTANT:
            return _Said(message.content, stored).items()


class _Said:
    """What an assistant's message said."""

    def __init__(self, content: Sequence[Part], stored: bool) -> None:
        self._content = content
        self._stored = stored
        thoughts = [part for part in content if part["type"] == "reasoning" and _item_id(part)]
        self._whole = stored or all(_sealed(part) for part in thoughts)
        self._with_ids = bool(thoughts) and self._whole
        self._results = {part["toolCallId"]: part for part in content if part["type"] == "tool-result"}

    def items(self) -> list[_Item]:
        items: list[_Item] = []
        for part in self._content:
            for item in self._item(part):
                if not items or not _merged(items[-1], item):
                    items.append(item)
        while items and items[-1].get("type") == "reasoning":
            items.pop()
        return items

    def _item(self, part: Part) -> Iterator[_Item]:
        match part["type"]:
            case "text" if part["text"]:
                yield self._text(part)
            case "reasoning" if self._with_ids and _item_id(part):
                yield _reasoning(part)
            case "tool-call" if part.get("providerExecuted") is not True:
                yield self._call(part)
            case "tool-call" if self._whole:
                result = self._results.get(part["toolCallId"])
                item = result and builtin_item(part, result, _item_id(part), stored=self._stored)
                if item:
                    yield item
            case _:
                return

    def _text(self, part: Part) -> _Item:
        item_id, phase = _item_id(part), facts_of(part, OPENAI.provider).get("phase")
        if not self._with_ids or item_id is None:
            return {"role": "assistant", "content": part["text"]}
        said = [{"type": "output_text", "text": part["text"], "annotations": list[Any]()}]
        message = {"type": "message", "role": "assistant", "id": item_id, "status": "completed", "content": said}
        return message | ({"phase": phase} if phase else {})

    def _call(self, part: Part) -> _Item:
        arguments = json_text(input_of(part))
        item_id = _item_id(part) if self._with_ids else None
        named = {"id": item_id} if item_id else {}
        return {
            "type": "function_call",
            "call_id": part["toolCallId"],
            "name": part["toolName"],
            "arguments": arguments,
            **named,
        }


def _item_id(part: Part) -> str | None:
    item_id = facts_of(part, OPENAI.provider).get("itemId")
    return item_id if isinstance(item_id, str) else None


def _sealed(part: Part) -> str | None:
    facts = facts_of(part, OPENAI.provider)
    sealed = facts.get("reasoningEncryptedContent") or facts.get("encryptedContent")
    return sealed if isinstance(sealed, str) else None


def _reasoning(part: Part) -> _Item:
    summary = [{"type": "summary_text", "text": part["text"]}] if part.get("text") else []
    sealed = _sealed(part)
    return {
        "type": "reasoning",
        "id": _item_id(part),
        "summary": summary,
        **({"encrypted_content": sealed} if sealed else {}),
    }


def _merged(last: _Item, item: _Item) -> bool:
    """Takes the item into the one before it, where both are pieces of one."""
    if last.keys() == item.keys() == {"role", "content"}:
        last["content"] += "\n\n" + item["content"]
        return True
    if item.get("id") is None or (last.get("type"), last.get("id")) != (item["type"], item["id"]):
        return False
    for name, value in item.items():
        last[name] = last[name] + value if isinstance(value, list) else value
    return True


def _output(result: Part) -> _Item:
    parts = output_parts(result)
    if all(part["type"] == "text" for part in parts):
        output: Any = "\n\n".join(part["text"] for part in parts)
    else:
        output = [block for part in parts for block in _shown(part)]
    return {"type": "function_call_output", "call_id": result["toolCallId"], "output": output}


def _shown(part: Part) -> list[_Item]:
    """A piece of a tool's output; what cannot be shown is said, for a tool's file is no reason to fail."""
    try:
        return list(_blocks(part))
    except ProviderError as error:
        return [{"type": "input_text", "text": f"[{error.message}]"}]


def _blocks(part: Part) -> Iterator[_Item]:
    if part["type"] == "text":
        if part["text"]:
            yield with_options({"type": "input_text", "text": part["text"]}, part, OPENAI.provider)
    elif part["type"] in ("image", "file"):
        yield with_options(_media_block(part), part, OPENAI.provider)


def _media_block(part: Part) -> _Item:
    if (file_id := held_file(part, OPENAI)) is not None:
        is_image = part["type"] == "image" or str(part.get("mediaType")).startswith("image/")
        kind = {"type": "input_image", "detail": "auto"} if is_image else {"type": "input_file"}
        return kind | {"file_id": file_id}
    media = media_of(part, OPENAI)
    if media.is_image:
        return {"type": "input_image", "detail": "auto", "image_url": media.address}
    if media.url:
        return {"type": "input_file", "file_url": media.url}
    return {"type": "input_file", "filename": media.filename or "file", "file_data": media.address}

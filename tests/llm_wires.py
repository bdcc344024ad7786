"""How OpenAI Responses, chat completions and Anthropic Messages put a `Reply` on the wire.

Each format is written from the provider's reference, so that what Weft reads is not what Weft has written.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from tests.llm_script import Break, Cite, Deny, Fail, Refuse, Reply, Say, Step, Think, Tokens, words

Json = dict[str, Any]
MODEL = "stub-model-2026-11-01"


class Wire(Protocol):
    """One response being written."""

    def begin(self) -> Iterator[bytes]: ...
    def step(self, step: Step) -> Iterator[bytes]: ...
    def end(self) -> Iterator[bytes]: ...


def sse(data: object, event: str | None = None) -> bytes:
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


class Responses:
    """https://platform.openai.com/docs/api-reference/responses-streaming"""

    def __init__(self, body: Json, reply: Reply) -> None:
        self._reply = reply
        self._number = 0
        self._output: list[Json] = []
        self._cited = 0

    def _event(self, type_: str, **fields: Any) -> bytes:
        event = {"type": type_, "sequence_number": self._number, **fields}
        self._number += 1
        return sse(event, type_)

    def _response(self, status: str, **fields: Any) -> Json:
        response: Json = {
            "id": "resp_1",
            "object": "response",
            "created_at": 1_793_000_000,
            "status": status,
            "model": MODEL,
            "output": self._output,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "service_tier": "default",
            "usage": None,
        }
        return response | fields

    def begin(self) -> Iterator[bytes]:
        yield self._event("response.created", response=self._response("in_progress"))
        yield self._event("response.in_progress", response=self._response("in_progress"))

    def step(self, step: Step) -> Iterator[bytes]:
        match step:
            case Say(text):
                yield from self._message("output_text", text)
            case Refuse(text):
                yield from self._message("refusal", text)
            case Think():
                yield from self._think(step)
            case Cite(url, title):
                note = {"type": "url_citation", "url": url, "title": title, "start_index": 0, "end_index": 3}
                place = {"item_id": "msg_0", "output_index": len(self._output) - 1, "content_index": 0}
                yield self._event(
                    "response.output_text.annotation.added", annotation=note, annotation_index=self._cited, **place
                )
                self._cited += 1
            case Break(code, message):
                yield self._event("error", code=code, message=message, param=None)
            case Fail(code, message):
                failed = self._response("failed", error={"code": code, "message": message}, usage=self._usage())
                yield self._event("response.failed", response=failed)
            case _:
                pass

    def _message(self, kind: str, text: str) -> Iterator[bytes]:
        index, item_id = len(self._output), f"msg_{len(self._output)}"
        name = "text" if kind == "output_text" else "refusal"
        place = {"item_id": item_id, "output_index": index, "content_index": 0}
        item: Json = {"id": item_id, "type": "message", "role": "assistant"}
        extra: Json = {"annotations": [], "logprobs": []} if kind == "output_text" else {}
        item_added: Json = item | {"status": "in_progress", "content": []}
        yield self._event("response.output_item.added", output_index=index, item=item_added)
        yield self._event("response.content_part.added", part={"type": kind, name: ""} | extra, **place)
        prefix = "response.output_text" if kind == "output_text" else "response.refusal"
        for word in words(text):
            yield self._event(f"{prefix}.delta", delta=word, **({"logprobs": []} if extra else {}), **place)
        part: Json = {"type": kind, name: text} | extra
        yield self._event(f"{prefix}.done", **{name: text}, **place)
        yield self._event("response.content_part.done", part=part, **place)
        done: Json = item | {"status": "completed", "content": [part]}
        self._output.append(done)
        yield self._event("response.output_item.done", output_index=index, item=done)

    def _think(self, step: Think) -> Iterator[bytes]:
        index, item_id = len(self._output), f"rs_{len(self._output)}"
        place = {"item_id": item_id, "output_index": index, "summary_index": 0}
        added: Json = {"id": item_id, "type": "reasoning", "summary": []}
        yield self._event("response.output_item.added", output_index=index, item=added)
        yield self._event("response.reasoning_summary_part.added", part={"type": "summary_text", "text": ""}, **place)
        for word in words(step.text):
            yield self._event("response.reasoning_summary_text.delta", delta=word, **place)
        part = {"type": "summary_text", "text": step.text}
        yield self._event("response.reasoning_summary_text.done", text=step.text, **place)
        yield self._event("response.reasoning_summary_part.done", part=part, **place)
        done: Json = added | {"summary": [part], "encrypted_content": step.proof}
        self._output.append(done)
        yield self._event("response.output_item.done", output_index=index, item=done)

    def end(self) -> Iterator[bytes]:
        reasons = {"length": "max_output_tokens", "content-filter": "content_filter"}
        if (reason := reasons.get(self._reply.stop)) is not None:
            response = self._response("incomplete", incomplete_details={"reason": reason}, usage=self._usage())
            yield self._event("response.incomplete", response=response)
        else:
            yield self._event("response.completed", response=self._response("completed", usage=self._usage()))

    def _usage(self) -> Json | None:
        tokens = self._reply.tokens
        if tokens is None:
            return None
        return {
            "input_tokens": tokens.input,
            "input_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": tokens.written},
            "output_tokens": tokens.output,
            "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
            "total_tokens": tokens.input + tokens.output,
        }


class Chat:
    """https://platform.openai.com/docs/api-reference/chat-streaming, and `reasoning_content` as vLLM sends it."""

    def __init__(self, body: Json, reply: Reply) -> None:
        self._reply = reply
        options: Json = body.get("stream_options") or {}
        self._wants_usage = bool(options.get("include_usage"))

    def _chunk(self, choices: list[Json], usage: Json | None = None) -> bytes:
        chunk = {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1_793_000_000,
            "model": MODEL,
            "choices": choices,
        }
        return sse(chunk | ({"usage": usage} if self._wants_usage else {}))

    def _delta(self, finish_reason: str | None = None, **delta: Any) -> bytes:
        return self._chunk([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}])

    def begin(self) -> Iterator[bytes]:
        yield self._delta(role="assistant", content="", refusal=None)

    def step(self, step: Step) -> Iterator[bytes]:
        match step:
            case Say(text):
                yield from (self._delta(content=word) for word in words(text))
            case Refuse(text):
                yield from (self._delta(refusal=word) for word in words(text))
            case Think(text):
                yield from (self._delta(reasoning_content=word) for word in words(text))
            case Cite(url, title):
                cited = {"url": url, "title": title, "start_index": 0, "end_index": 3}
                yield self._delta(annotations=[{"type": "url_citation", "url_citation": cited}])
            case Break(code, message) | Fail(code, message):
                yield sse({"error": {"message": message, "type": code, "code": code, "param": None}})
            case _:
                pass

    def end(self) -> Iterator[bytes]:
        yield self._delta(finish_reason=self._reply.stop.replace("-", "_"))
        if self._wants_usage and (tokens := self._reply.tokens) is not None:
            yield self._chunk([], self._usage(tokens))
        yield b"data: [DONE]\n\n"

    @staticmethod
    def _usage(tokens: Tokens) -> Json:
        return {
            "prompt_tokens": tokens.input,
            "completion_tokens": tokens.output,
            "total_tokens": tokens.input + tokens.output,
            "prompt_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": tokens.written},
            "completion_tokens_details": {"reasoning_tokens": tokens.reasoning},
        }


class Messages:
    """https://platform.claude.com/docs/en/build-with-claude/streaming"""

    def __init__(self, body: Json, reply: Reply) -> None:
        self._reply = reply
        self._block = 0
        self._refused = False

    @staticmethod
    def _event(type_: str, **fields: Any) -> bytes:
        return sse({"type": type_, **fields}, type_)

    def begin(self) -> Iterator[bytes]:
        tokens = self._reply.tokens or Tokens(0, 0, 0, 0, 0)
        usage = {
            "input_tokens": tokens.uncached,
            "cache_read_input_tokens": tokens.cached,
            "cache_creation_input_tokens": tokens.written,
            "output_tokens": 1,
        }
        message: Json = {"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": []}
        end = {"stop_reason": None, "stop_sequence": None, "usage": usage}
        yield self._event("message_start", message=message | end)
        yield self._event("ping")

    def step(self, step: Step) -> Iterator[bytes]:
        match step:
            case Say(text):
                deltas = [{"type": "text_delta", "text": word} for word in words(text)]
                yield from self._whole_block({"type": "text", "text": ""}, deltas)
            case Refuse():
                self._refused = True
            case Think(text, proof):
                deltas = [{"type": "thinking_delta", "thinking": word} for word in words(text)]
                deltas.append({"type": "signature_delta", "signature": proof})
                yield from self._whole_block({"type": "thinking", "thinking": "", "signature": ""}, deltas)
            case Cite(url, title):
                cited = {"url": url, "title": title, "cited_text": "so it says", "encrypted_index": "e1"}
                delta = {"type": "citations_delta", "citation": {"type": "web_search_result_location"} | cited}
                yield from self._whole_block({"type": "text", "text": "", "citations": []}, [delta])
            case Break(code, message) | Fail(code, message):
                yield self._event("error", error={"type": code, "message": message}, request_id="req_1")
            case _:
                pass

    def _whole_block(self, block: Json, deltas: list[Json]) -> Iterator[bytes]:
        yield self._event("content_block_start", index=self._block, content_block=block)
        for delta in deltas:
            yield self._event("content_block_delta", index=self._block, delta=delta)
        yield self._event("content_block_stop", index=self._block)
        self._block += 1

    def end(self) -> Iterator[bytes]:
        reasons = {"stop": "end_turn", "length": "max_tokens", "content-filter": "refusal"}
        stop = "refusal" if self._refused else reasons[self._reply.stop]
        tokens = self._reply.tokens or Tokens(0, 0, 0, 0, 0)
        used = {"output_tokens": tokens.output, "output_tokens_details": {"thinking_tokens": tokens.reasoning}}
        yield self._event("message_delta", delta={"stop_reason": stop, "stop_sequence": None}, usage=used)
        yield self._event("message_stop")


WIRES: dict[str, Callable[[Json, Reply], Wire]] = {
    "/v1/responses": Responses,
    "/v1/chat/completions": Chat,
    "/v1/messages": Messages,
}


def error_body(path: str, deny: Deny) -> bytes:
    if deny.body is not None:
        return deny.body
    if path == "/v1/messages":
        error = {"type": "error", "error": {"type": deny.code, "message": deny.message}, "request_id": "req_1"}
    else:
        error = {"error": {"message": deny.message, "type": deny.code, "param": None, "code": deny.code}}
    return json.dumps(error).encode()

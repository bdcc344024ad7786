"""How OpenAI's two APIs put a `Reply` on the wire; see `tests.llm_wires`."""

from collections.abc import Iterator
from typing import Any

from tests.llm_script import Break, Cite, Fail, Quote, Refuse, Reply, Say, Step, Think, Tokens, Use, words
from tests.llm_sse import MODEL, Json, sse


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
                yield self._cite({"type": "url_citation", "url": url, "title": title, "start_index": 0, "end_index": 3})
            case Quote(title, id_):
                yield self._cite({"type": "file_citation", "file_id": id_, "filename": title, "index": 3})
            case Use():
                yield from self._call(step)
            case Break(code, message):
                yield self._event("error", code=code, message=message, param=None)
            case Fail(code, message):
                failed = self._response("failed", error={"code": code, "message": message}, usage=self._usage())
                yield self._event("response.failed", response=failed)
            case _:
                pass

    def _cite(self, note: Json) -> bytes:
        place = {"item_id": "msg_0", "output_index": len(self._output) - 1, "content_index": 0}
        index, self._cited = self._cited, self._cited + 1
        return self._event("response.output_text.annotation.added", annotation=note, annotation_index=index, **place)

    def _call(self, step: Use) -> Iterator[bytes]:
        index, item_id = len(self._output), f"fc_{len(self._output)}"
        place = {"item_id": item_id, "output_index": index}
        item: Json = {"id": item_id, "type": "function_call", "call_id": step.id, "name": step.name}
        begun: Json = item | {"status": "in_progress", "arguments": ""}
        yield self._event("response.output_item.added", output_index=index, item=begun)
        for piece in step.pieces:
            yield self._event("response.function_call_arguments.delta", delta=piece, obfuscation="x", **place)
        yield self._event("response.function_call_arguments.done", arguments=step.input, name=step.name, **place)
        status = "incomplete" if self._reply.stop == "length" else "completed"
        done: Json = item | {"status": status, "arguments": step.input}
        self._output.append(done)
        yield self._event("response.output_item.done", output_index=index, item=done)

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
        place: Json = {"item_id": item_id, "output_index": index, "summary_index": 0}
        added: Json = {"id": item_id, "type": "reasoning", "summary": []}
        yield self._event("response.output_item.added", output_index=index, item=added)
        summary = [{"type": "summary_text", "text": text} for text in step.text.split("\n\n") if text]
        for number, part in enumerate(summary):
            place["summary_index"] = number
            empty = {"type": "summary_text", "text": ""}
            yield self._event("response.reasoning_summary_part.added", part=empty, **place)
            for word in words(part["text"]):
                yield self._event("response.reasoning_summary_text.delta", delta=word, **place)
            yield self._event("response.reasoning_summary_text.done", text=part["text"], **place)
            yield self._event("response.reasoning_summary_part.done", part=part, **place)
        done: Json = added | {"summary": summary, "encrypted_content": step.proof}
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
        self._calls = 0

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
            case Use():
                yield from self._call(step)
            case Break(code, message) | Fail(code, message):
                yield sse({"error": {"message": message, "type": code, "code": code, "param": None}})
            case _:
                pass

    def _call(self, step: Use) -> Iterator[bytes]:
        index, self._calls = self._calls, self._calls + 1
        begun = {"id": step.id, "type": "function", "function": {"name": step.name, "arguments": ""}}
        yield self._delta(tool_calls=[{"index": index} | begun])
        for piece in step.pieces:
            yield self._delta(tool_calls=[{"index": index, "function": {"arguments": piece}}])

    def end(self) -> Iterator[bytes]:
        stop = "tool-calls" if self._reply.calls_tools else self._reply.stop
        yield self._delta(finish_reason=stop.replace("-", "_"))
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

"""How OpenAI Responses, chat completions and Anthropic Messages put a `Reply` on the wire.

Each format is written from the provider's reference, so that what Weft reads is not what Weft has written.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.llm_script import Break, Cite, Deny, Fail, Quote, Refuse, Reply, Say, Step, Think, Tokens, Use, words
from tests.llm_sse import MODEL, Json, Wire, sse
from tests.llm_wires_openai import Chat, Responses

__all__ = ["MODEL", "WIRES", "Wire", "error_body"]


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
            case Quote(title):
                place = {"document_index": 0, "document_title": title, "start_char_index": 0, "end_char_index": 3}
                delta = {"type": "citations_delta", "citation": {"type": "char_location", "cited_text": "so"} | place}
                yield from self._whole_block({"type": "text", "text": "", "citations": []}, [delta])
            case Use():
                block: Json = {"type": "tool_use", "id": step.id, "name": step.name, "input": {}}
                deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *step.pieces]]
                yield from self._whole_block(block, deltas)
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
        stop = "tool_use" if self._reply.calls_tools else reasons[self._reply.stop]
        stop = "refusal" if self._refused else stop
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

"""How OpenAI answers a request for vectors, and what it refuses: its limits are kept with a character as a token.

https://platform.openai.com/docs/api-reference/embeddings
"""

import base64
import json
import struct
from collections.abc import Sequence
from typing import Any, Final

from tests.llm_script import Deny

from weft.llm.demo_embeddings import vector_of

EMBEDDINGS: Final = "/v1/embeddings"
TEXT_TOKENS: Final = 8192
REQUEST_TOKENS: Final = 300_000
REQUEST_TEXTS: Final = 2048


def answered(vectors: Sequence[Any], tokens: int = 0, **more: Any) -> Deny:
    """An answer with these vectors, each in the place of its text."""
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    body = {"object": "list", "data": data, "model": "stub", "usage": usage} | more
    return Deny(200, "ok", body=json.dumps(body).encode())


def embeddings_of(body: dict[str, Any]) -> Deny:
    """The demo's vectors, or the refusal."""
    texts: list[str] = [body["input"]] if isinstance(body["input"], str) else body["input"]
    if refusal := _refusal(texts):
        return Deny(400, "invalid_request_error", refusal)
    vectors = [vector_of(text)[: body.get("dimensions", 256)] for text in texts]
    packed = [base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode() for vector in vectors]
    return answered(packed if body.get("encoding_format") == "base64" else vectors, sum(map(len, texts)))


def _refusal(texts: Sequence[str]) -> str | None:
    if not texts or not all(texts):
        return "input cannot be an empty string"
    if len(texts) > REQUEST_TEXTS:
        return f"Invalid 'input': array too long. Expected an array with maximum length {REQUEST_TEXTS}."
    if any(len(text) > TEXT_TOKENS for text in texts):
        long = next(index for index, text in enumerate(texts) if len(text) > TEXT_TOKENS)
        return f"Invalid 'input[{long}]': maximum input length is {TEXT_TOKENS} tokens."
    if sum(map(len, texts)) > REQUEST_TOKENS:
        return f"Invalid 'input': maximum request size is {REQUEST_TOKENS} tokens per request."
    return None

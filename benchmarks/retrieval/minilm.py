"""all-MiniLM-L6-v2 on numpy: 384 dimensions, mean of the tokens, length 1 (llm-sdks.md E.4)."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from weft.llm.embeddings import EmbeddingAnswer

Array = npt.NDArray[np.float32]
_LAYERS: Final = 6
_HEADS: Final = 12
_MOST_TOKENS: Final = 256
_BATCH: Final = 32
_EPSILON: Final = 1e-12
_NEAR: Final = 0.001
_HAPPY: Final = "That is a happy person"
_KNOWN: Final = (
    (_HAPPY, "That is a happy dog", 0.695),
    (_HAPPY, "That is a very happy person", 0.943),
    (_HAPPY, "Today is a sunny day", 0.257),
    ("I forgot my password", "How do I reset my login credentials?", 0.628),
    ("I forgot my password", "The weather in Rome is sunny", -0.035),
)
"""The first three are published for it by Hugging Face."""


class MiniLM:
    """An embedding model for Weft. `folder`: where its weights and its tokenizer are."""

    provider = "minilm"
    name = "all-minilm-l6-v2"

    def __init__(self, folder: Path) -> None:
        tokenizers, safetensors = import_module("tokenizers"), import_module("safetensors.numpy")
        self._weights: Mapping[str, Array] = safetensors.load_file(folder / "model.safetensors")
        self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._tokenizer.enable_padding()

    def check(self) -> None:
        """Raises ValueError when it does not give the cosines that it is known to give."""
        for one, other, cosine in _KNOWN:
            first, second = self.vectors([one, other])
            if abs(float(first @ second) - cosine) > _NEAR:
                raise ValueError(f"{one!r} and {other!r} are {first @ second:.3f} alike, and should be {cosine}")

    async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
        vectors = await asyncio.to_thread(self.vectors, texts)
        return EmbeddingAnswer([vector.tolist() for vector in vectors])

    def vectors(self, texts: Sequence[str]) -> Array:
        """One row a text. Texts of like length share a batch."""
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        found = np.zeros((len(texts), 384), np.float32)
        for chosen in _batches(by_length):
            encoded = self._tokenizer.encode_batch([texts[index] for index in chosen])
            ids = np.array([one.ids for one in encoded])
            found[chosen] = self._encode(ids, np.array([one.attention_mask for one in encoded], np.float32))
        return found

    def _encode(self, ids: npt.NDArray[np.int64], mask: Array) -> Array:
        named = "embeddings.{}_embeddings.weight"
        words, positions, kinds = (self._weights[named.format(n)] for n in ("word", "position", "token_type"))
        state = self._normed("embeddings", words[ids] + positions[: ids.shape[1]] + kinds[0])
        for layer in range(_LAYERS):
            state = self._layer(f"encoder.layer.{layer}", state, mask)
        mean = (state * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)

    def _layer(self, name: str, state: Array, mask: Array) -> Array:
        told = self._attention(f"{name}.attention", state, mask)
        state = self._normed(f"{name}.attention.output", state + told)
        wide = _gelu(self._dense(f"{name}.intermediate.dense", state))
        return self._normed(f"{name}.output", state + self._dense(f"{name}.output.dense", wide))

    def _attention(self, name: str, state: Array, mask: Array) -> Array:
        batch, length, width = state.shape
        shape = (batch, length, _HEADS, width // _HEADS)
        query, key, value = (
            self._dense(f"{name}.self.{part}", state).reshape(shape).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32((width / _HEADS) ** 0.5)
        scores = np.exp(scores + (mask[:, None, None, :] - 1) * 1e4 - scores.max(-1, keepdims=True))
        told = (scores / scores.sum(-1, keepdims=True)) @ value
        return self._dense(f"{name}.output.dense", told.transpose(0, 2, 1, 3).reshape(state.shape))

    def _dense(self, name: str, state: Array) -> Array:
        return state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normed(self, name: str, state: Array) -> Array:
        centred = state - state.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + _EPSILON)
        scaled = centred / spread * self._weights[f"{name}.LayerNorm.weight"]
        return np.asarray(scaled + self._weights[f"{name}.LayerNorm.bias"], np.float32)


def _gelu(x: Array) -> Array:
    """x · Φ(x), with the error function of Abramowitz and Stegun 7.1.26: within 1.5e-7."""
    z = np.abs(x) / np.float32(2**0.5)
    t = 1 / (1 + 0.3275911 * z)
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    erf = np.sign(x) * (1 - series * np.exp(-z * z))
    return np.asarray(x * (1 + erf) / 2, np.float32)


def _batches(indexes: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(indexes), _BATCH):
        yield list(indexes[start : start + _BATCH])

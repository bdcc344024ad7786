"""The AI SDK's UI message stream over HTTP: npm `ai`'s `useChat` talks to a Weft thread. See docs/ai-sdk.md."""

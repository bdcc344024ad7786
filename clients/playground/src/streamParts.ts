/** Folds the parts of a delta into the message that is being streamed. */

import type { MessagePart, ReasoningPart, StreamDelta, StreamPart, TextPart, UIMessage } from "./model";

type WrittenPart = TextPart | ReasoningPart;
type WrittenKind = WrittenPart["__typename"];

const kinds: Readonly<Record<string, WrittenKind>> = {
  "text-start": "TextPart",
  "text-delta": "TextPart",
  "text-end": "TextPart",
  "reasoning-start": "ReasoningPart",
  "reasoning-delta": "ReasoningPart",
  "reasoning-end": "ReasoningPart",
};

export function appendDelta(message: UIMessage, delta: StreamDelta): UIMessage {
  const parts = delta.parts.reduce(appendPart, message.parts);
  return { ...message, status: "STREAMING", text: message.text + delta.text, parts };
}

function appendPart(parts: readonly MessagePart[], part: StreamPart): readonly MessagePart[] {
  const kind = kinds[part.type];
  if (!kind) return parts;
  if (part.type.endsWith("-start")) return [...parts, { __typename: kind, text: "", state: "STREAMING" }];
  const index = parts.findLastIndex((candidate) => candidate.__typename === kind);
  const open = parts[index];
  if (!open || !isWritten(open)) {
    return [...parts, { __typename: kind, text: part.delta ?? "", state: "STREAMING" }];
  }
  const changed: WrittenPart = part.type.endsWith("-end")
    ? { ...open, state: "DONE" }
    : { ...open, text: open.text + (part.delta ?? "") };
  return parts.with(index, changed);
}

function isWritten(part: MessagePart): part is WrittenPart {
  return part.__typename === "TextPart" || part.__typename === "ReasoningPart";
}

/**
 * Folds the chunks of a delta into the message that is being streamed, as the server does when it saves them. Chunks
 * that are not legal, or speak of what is not here, change nothing.
 */

import type { DataPart, MessagePart, ReasoningPart, StreamDelta, StreamPart, TextPart, UIMessage } from "../model.js";
import { withToolChunk } from "./toolChunks.js";

type Parts = readonly MessagePart[];
type WrittenPart = TextPart | ReasoningPart;

/** `begin` is where the parts of this stream start: those before it were saved by earlier steps. */
export function appendDelta(message: UIMessage, delta: StreamDelta, begin = 0): UIMessage {
  const parts = delta.parts.reduce((soFar, chunk) => appendChunk(soFar, chunk, begin), message.parts);
  return { ...message, status: "STREAMING", text: textOf(parts), parts };
}

/** The text parts joined with one space. */
export function textOf(parts: Parts): string {
  return parts
    .filter((part) => part.__typename === "TextPart")
    .map((part) => part.text)
    .join(" ");
}

function appendChunk(parts: Parts, chunk: StreamPart, begin: number): Parts {
  const { type } = chunk;
  if (type.startsWith("text-")) return withWritten(parts, "TextPart", chunk);
  if (type.startsWith("reasoning-") && type !== "reasoning-file") return withWritten(parts, "ReasoningPart", chunk);
  if (type.startsWith("tool-")) return withToolChunk(parts, chunk, stepStart(parts, begin));
  if (type.startsWith("data-")) return withData(parts, chunk, begin);
  if (type === "start-step") return [...parts, { __typename: "StepStartPart", stepOrder: null }];
  if (type === "reset-step") return parts.slice(0, stepStart(parts, begin));
  const whole = wholePart(chunk);
  return whole === null ? parts : [...parts, whole];
}

/** Index of the first part of the step that is being written. */
function stepStart(parts: Parts, begin: number): number {
  return Math.max(begin, parts.findLastIndex((part) => part.__typename === "StepStartPart") + 1);
}

function withWritten(parts: Parts, kind: WrittenPart["__typename"], chunk: StreamPart): Parts {
  const id = string(chunk.id) ?? "";
  if (chunk.type.endsWith("-start")) return [...parts, { __typename: kind, text: "", state: "STREAMING", id }];
  const index = parts.findLastIndex((part) => isOpen(part, kind, id));
  const open = parts[index] as WrittenPart | undefined;
  if (!open) return parts;
  const done = chunk.type.endsWith("-end");
  return parts.with(index, done ? { ...open, state: "DONE" } : { ...open, text: open.text + (string(chunk.delta) ?? "") });
}

/** A part that was read from the server, not streamed, has no id: it is the one that was open then. */
function isOpen(part: MessagePart, kind: WrittenPart["__typename"], id: string): boolean {
  if (part.__typename !== kind || !isWritten(part) || part.state !== "STREAMING") return false;
  return part.id === undefined || part.id === id;
}

function isWritten(part: MessagePart): part is WrittenPart {
  return part.__typename === "TextPart" || part.__typename === "ReasoningPart";
}

/** Data with an id replaces what this stream said under the same name and id. */
function withData(parts: Parts, chunk: StreamPart, begin: number): Parts {
  if (chunk.transient === true || chunk.data === null || chunk.data === undefined) return parts;
  const name = chunk.type.slice("data-".length);
  const part: DataPart = { __typename: "DataPart", name, partId: string(chunk.id), data: chunk.data };
  const index = parts.findIndex(
    (other, at) => at >= begin && other.__typename === "DataPart" && other.name === name && other.partId === part.partId,
  );
  return part.partId === null || index < 0 ? [...parts, part] : parts.with(index, part);
}

function wholePart(chunk: StreamPart): MessagePart | null {
  const { mediaType, url, sourceId, title } = chunk;
  const filename = string(chunk.filename);
  switch (chunk.type) {
    case "file":
    case "reasoning-file":
      if (typeof mediaType !== "string" || typeof url !== "string") return null;
      return { __typename: "FilePart", mediaType, url, filename };
    case "source-url":
      if (typeof sourceId !== "string" || typeof url !== "string") return null;
      return { __typename: "SourceUrlPart", sourceId, url, title: string(title) };
    case "source-document":
      if (typeof sourceId !== "string" || typeof mediaType !== "string" || typeof title !== "string") return null;
      return { __typename: "SourceDocumentPart", sourceId, mediaType, documentTitle: title, filename };
    default:
      return null;
  }
}

function string(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

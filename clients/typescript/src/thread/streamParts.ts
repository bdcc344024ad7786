/**
 * Folds the chunks of a delta into the message that is being streamed, as the server does when it saves them. Chunks
 * that are not legal, or speak of what is not here, change nothing. A delta costs what it brings, not what is there.
 */

import { findLastIndex } from "../lists.js";
import type { DataPart, MessagePart, ReasoningPart, StreamDelta, StreamPart, TextPart, UIMessage } from "../model.js";
import { withToolChunk } from "./toolChunks.js";

type Parts = readonly MessagePart[];
type WrittenPart = TextPart | ReasoningPart;

/** The parts while a delta is folded into them. Parts are never changed, only put in place of each other. */
export interface Draft {
  readonly parts: MessagePart[];
  /** The text parts joined; null when it is to be made anew. */
  text: string | null;
  /** Index of the first part of this stream: those before it were saved by earlier steps. */
  readonly begin: number;
}

/** `begin` is where the parts of this stream start. */
export function appendDelta(message: UIMessage, delta: StreamDelta, begin = 0): UIMessage {
  const draft: Draft = { parts: message.parts.slice(), text: message.text, begin };
  for (const chunk of delta.parts) appendChunk(draft, chunk);
  const { parts } = draft;
  return { ...message, status: "STREAMING", text: draft.text ?? textOf(parts), parts };
}

/** The text parts joined with one space. */
export function textOf(parts: Parts): string {
  return parts
    .filter((part) => part.__typename === "TextPart")
    .map((part) => part.text)
    .join(" ");
}

function appendChunk(draft: Draft, chunk: StreamPart): void {
  const { parts, begin } = draft;
  const { type } = chunk;
  const grows = growing[type];
  if (grows) return withWritten(draft, grows[0], grows[1], chunk);
  if (type.startsWith("tool-")) return withToolChunk(parts, chunk, stepStart(parts, begin));
  if (type.startsWith("data-")) return withData(draft, chunk);
  if (type === "start-step") return void parts.push({ __typename: "StepStartPart", stepOrder: null });
  if (type === "reset-step") {
    parts.length = stepStart(parts, begin);
    draft.text = null;
    return;
  }
  const whole = wholePart(chunk);
  if (whole) parts.push(whole);
}

/** Index of the first part of the step that is being written. */
function stepStart(parts: Parts, begin: number): number {
  return Math.max(begin, findLastIndex(parts, (part) => part.__typename === "StepStartPart") + 1);
}

const growing: Readonly<Record<string, readonly [WrittenPart["__typename"], "start" | "delta" | "end"]>> = {
  "text-start": ["TextPart", "start"],
  "text-delta": ["TextPart", "delta"],
  "text-end": ["TextPart", "end"],
  "reasoning-start": ["ReasoningPart", "start"],
  "reasoning-delta": ["ReasoningPart", "delta"],
  "reasoning-end": ["ReasoningPart", "end"],
};

function withWritten(draft: Draft, kind: WrittenPart["__typename"], phase: "start" | "delta" | "end", chunk: StreamPart): void {
  const { parts } = draft;
  const id = string(chunk.id);
  if (id === null) return;
  if (phase === "start") {
    if (kind === "TextPart" && parts.some(isText)) added(draft, parts.length, " ");
    parts.push({ __typename: kind, text: "", state: "STREAMING", id });
    return;
  }
  const index = openPart(draft, kind, id);
  const open = parts[index] as WrittenPart | undefined;
  const words = phase === "delta" ? string(chunk.delta) : "";
  if (!open || words === null) return;
  parts[index] = phase === "end" ? { ...open, state: "DONE" } : { ...open, text: open.text + words };
  if (kind === "TextPart") added(draft, index, words);
}

/** The part of this stream that grows under this id. One that was read, not streamed, has none: it is the one that was open then. */
function openPart({ parts, begin }: Draft, kind: WrittenPart["__typename"], id: string): number {
  const last = (fits: (part: WrittenPart) => boolean) =>
    findLastIndex(parts, (part) => isWritten(part) && part.__typename === kind && fits(part));
  const named = last((part) => part.id === id);
  const index = named < begin ? last((part) => part.id === undefined && part.state === "STREAMING") : named;
  const found = parts[index] as WrittenPart | undefined;
  return found?.state === "STREAMING" && index >= begin ? index : -1;
}

/** The text of the whole grows with that of its last text part. */
function added(draft: Draft, index: number, words: string): void {
  if (words === "") return;
  const isLast = findLastIndex(draft.parts, isText) <= index;
  draft.text = isLast && draft.text !== null ? draft.text + words : null;
}

function isText(part: MessagePart): boolean {
  return part.__typename === "TextPart";
}

function isWritten(part: MessagePart): part is WrittenPart {
  return part.__typename === "TextPart" || part.__typename === "ReasoningPart";
}

/** Data with an id replaces what this stream said under the same name and id. */
function withData({ parts, begin }: Draft, chunk: StreamPart): void {
  if (chunk.transient === true || chunk.data === null || chunk.data === undefined) return;
  const name = chunk.type.slice("data-".length);
  const part: DataPart = { __typename: "DataPart", name, partId: string(chunk.id), data: chunk.data };
  const index = parts.findIndex(
    (other, at) => at >= begin && other.__typename === "DataPart" && other.name === name && other.partId === part.partId,
  );
  if (part.partId === null || index < 0) parts.push(part);
  else parts[index] = part;
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

/**
 * One answer may be saved in several steps and streamed by several streams, one after each wait for a person. These
 * rules say which of it is on screen: a saved answer that is complete wins; else the stream, over what was saved before.
 */

import { findLastIndex, replaced } from "../lists.js";
import type { MessagePart, Stream, ToolPart, UIMessage } from "../model.js";
import { textOf } from "./streamParts.js";
import { isSettled, type OpenStream } from "./state.js";
import { isFinal } from "./toolChunks.js";

type Parts = readonly MessagePart[];

/** The saved answer that a stream at this place goes on with. */
export function answerAt(messages: readonly UIMessage[], order: number, stepOrder: number): UIMessage | undefined {
  const fits = (message: UIMessage) =>
    message.role === "ASSISTANT" && message.order === order && message.stepOrder <= stepOrder;
  return messages[findLastIndex(messages, fits)];
}

/** What the steps before this one have written. */
export function partsBefore(parts: Parts, stepOrder: number): Parts {
  const steps = parts.filter((part) => part.__typename === "StepStartPart");
  if (steps.length === 0) return [];
  const next = parts.findIndex((part) => part.__typename === "StepStartPart" && (part.stepOrder ?? 0) >= stepOrder);
  return next < 0 ? parts : parts.slice(0, next);
}

/** A stream that starts now: its message is the saved answer that it goes on with, under that answer's key. */
export function startedStream(stream: Stream, messages: readonly UIMessage[]): OpenStream {
  const { order, stepOrder, parts } = stream.uiMessage;
  const saved = answerAt(messages, order, stepOrder);
  if (!saved) return { ...stream, stepOrder, begin: 0, live: true };
  const before = partsBefore(saved.parts, stepOrder);
  return { ...stream, stepOrder, begin: before.length, live: true, uiMessage: streamed(saved, [...before, ...parts]) };
}

/** A stream that was read with its thread: the saved message has what was streamed in it already. */
export function readStream(stream: Stream, messages: readonly UIMessage[]): OpenStream {
  const started = startedStream(stream, messages);
  const saved = answerAt(messages, stream.uiMessage.order, started.stepOrder);
  return saved?.status === "STREAMING" ? { ...started, uiMessage: saved } : started;
}

function streamed(saved: UIMessage, parts: Parts): UIMessage {
  return { ...saved, status: "STREAMING", text: textOf(parts), parts };
}

export function belongsTo(stream: OpenStream, message: UIMessage): boolean {
  const { order } = stream.uiMessage;
  return message.role === "ASSISTANT" && message.order === order && message.stepOrder <= stream.stepOrder;
}

/**
 * Whether the saved answer is shown, not the stream. While tools run, a decision about another call of their step is
 * saved behind them and makes the answer look complete: it is not, for its stream goes on and calls have no result.
 */
export function savedWins(saved: UIMessage, stream: OpenStream): boolean {
  if (!stream.live || saved.status !== "SUCCESS") return isSettled(saved);
  return saved.parts.every((part) => part.__typename !== "ToolPart" || isFinal(part.toolState));
}

/** A message that is being written: the stream's words, and what was decided about its calls meanwhile. */
export function overlaid(saved: UIMessage, stream: OpenStream | undefined): UIMessage {
  if (!stream || savedWins(saved, stream)) return saved;
  const shown = stream.uiMessage;
  const parts = withDecisions(shown.parts, saved.parts);
  return parts === shown.parts ? shown : { ...shown, parts };
}

function withDecisions(parts: Parts, saved: Parts): Parts {
  const known = new Map(named(saved).map(({ name, part }) => [name, part]));
  if (known.size === 0) return parts;
  let merged = parts;
  for (const { name, part, index } of named(parts)) {
    const other = known.get(name);
    if (other && progress(other) > progress(part)) merged = replaced(merged, index, other);
  }
  return merged;
}

/** Calls under names that are the same in two versions of an answer, even if it uses an id twice. */
function named(parts: Parts): { name: string; part: ToolPart; index: number }[] {
  const seen = new Map<string, number>();
  return parts.flatMap((part, index) => {
    if (part.__typename !== "ToolPart") return [];
    const count = (seen.get(part.toolCallId) ?? 0) + 1;
    seen.set(part.toolCallId, count);
    return [{ name: `${count}:${part.toolCallId}`, part, index }];
  });
}

function progress({ toolState, preliminary }: ToolPart): number {
  if (isFinal(toolState)) return preliminary ? 4 : 5;
  return ["INPUT_STREAMING", "INPUT_AVAILABLE", "APPROVAL_REQUESTED", "APPROVAL_RESPONDED"].indexOf(toolState);
}

/** Two messages of one answer as one: place, id and key of the first, status of the last. */
export function joined(first: UIMessage, last: UIMessage): UIMessage {
  const parts = joinedParts(first.parts, last.parts);
  const { id, key, stepOrder, clientId, createdAt } = first;
  const usage = last.usage ?? first.usage;
  return { ...last, id, key, stepOrder, clientId, createdAt, usage, parts, text: textOf(parts) };
}

/** A call that both have is shown once, where the later one has it, with what either knows of it. */
function joinedParts(first: Parts, last: Parts): Parts {
  const later = new Set(last.flatMap((part) => (part.__typename === "ToolPart" ? [part.toolCallId] : [])));
  const moved = new Map<string, ToolPart>();
  const kept = first.filter((part) => {
    if (part.__typename !== "ToolPart" || !later.has(part.toolCallId)) return true;
    moved.set(part.toolCallId, part);
    return false;
  });
  return [...kept, ...last.map((part) => (part.__typename === "ToolPart" ? merged(moved.get(part.toolCallId), part) : part))];
}

function merged(first: ToolPart | undefined, last: ToolPart): ToolPart {
  const known = Object.fromEntries(Object.entries(last).filter(([, value]) => value !== null));
  return first ? { ...first, ...known } : last;
}

/** What a stream says about tool calls, chunk by chunk. Of calls with the same id the newest is meant. */

import { findLastIndex } from "../lists.js";
import type { MessagePart, StreamPart, ToolApproval, ToolPart, ToolState } from "../model.js";
import { advanced, noJson, valueOf, type JsonProgress } from "./partialJson.js";

type Parts = MessagePart[];

const NAMED = ["toolCallId", "toolName"];
const needed: Readonly<Record<string, readonly string[]>> = {
  "tool-input-start": NAMED,
  "tool-input-delta": ["toolCallId", "inputTextDelta"],
  "tool-input-available": NAMED,
  "tool-input-error": [...NAMED, "errorText"],
  "tool-output-available": ["toolCallId"],
  "tool-output-error": ["toolCallId", "errorText"],
  "tool-output-denied": ["toolCallId"],
  "tool-approval-request": ["toolCallId", "approvalId"],
  "tool-approval-response": ["approvalId"],
};

/** `stepStart` is the index from which on a call belongs to the step being written: an id from before it is new there. */
export function withToolChunk(parts: Parts, chunk: StreamPart, stepStart: number): void {
  if (!needed[chunk.type]?.every((name) => typeof chunk[name] === "string")) return;
  const index = findLastIndex(parts, (part) => part.__typename === "ToolPart" && part.toolCallId === chunk.toolCallId);
  const here = index >= stepStart ? index : -1;
  switch (chunk.type) {
    case "tool-input-start":
      return put(parts, here, chunk, () => ({ toolState: "INPUT_STREAMING" }));
    case "tool-input-available":
      return put(parts, here, chunk, () => ({ toolState: "INPUT_AVAILABLE", input: chunk.input ?? null }));
    case "tool-input-error":
      return put(parts, here, chunk, (dynamic) => ({
        toolState: "OUTPUT_ERROR",
        errorText: String(chunk.errorText),
        ...(dynamic ? { input: chunk.input ?? null } : { rawInput: written(chunk.input) }),
      }));
    case "tool-approval-response":
      return change(parts, approvedCall(parts, String(chunk.approvalId)), (part) => responded(part, chunk));
    default:
      return change(parts, index, (part) => changed(part, chunk));
  }
}

/** The states in which a call has ended: what is said about its approval afterwards does not change them. */
export function isFinal(state: ToolState): boolean {
  return state === "OUTPUT_AVAILABLE" || state === "OUTPUT_ERROR" || state === "OUTPUT_DENIED";
}

const empty = {
  title: null,
  input: null,
  rawInput: null,
  output: null,
  preliminary: false,
  errorText: null,
  approval: null,
  providerExecuted: false,
} as const;

/** Starts a call, or goes on with the one at `index`. */
function put(
  parts: Parts,
  index: number,
  chunk: StreamPart,
  fields: (dynamic: boolean) => Partial<ToolPart> & Pick<ToolPart, "toolState">,
): void {
  const known = parts[index];
  const before = known?.__typename === "ToolPart" ? known : null;
  const dynamic = before?.dynamic ?? chunk.dynamic === true;
  const part: ToolPart = {
    ...empty,
    __typename: "ToolPart",
    toolCallId: String(chunk.toolCallId),
    toolName: String(chunk.toolName),
    dynamic,
    title: typeof chunk.title === "string" ? chunk.title : (before?.title ?? null),
    approval: before?.approval ?? null,
    providerExecuted: executed(before, chunk),
    ...fields(dynamic),
  };
  if (before) parts[index] = part;
  else parts.push(part);
}

function change(parts: Parts, index: number, how: (part: ToolPart) => ToolPart): void {
  const part = parts[index];
  if (part?.__typename === "ToolPart") parts[index] = how(part);
}

function changed(part: ToolPart, chunk: StreamPart): ToolPart {
  switch (chunk.type) {
    case "tool-input-delta":
      return part.toolState === "INPUT_STREAMING" ? withInput(part, String(chunk.inputTextDelta)) : part;
    case "tool-output-available": {
      const outcome = { output: chunk.output ?? null, preliminary: chunk.preliminary === true, rawInput: null };
      return { ...over(part), ...outcome, toolState: "OUTPUT_AVAILABLE", errorText: null, providerExecuted: executed(part, chunk) };
    }
    case "tool-output-error": {
      const outcome = { errorText: String(chunk.errorText), output: null, preliminary: false };
      return { ...over(part), ...outcome, toolState: "OUTPUT_ERROR", providerExecuted: executed(part, chunk) };
    }
    case "tool-output-denied":
      return { ...over(part), toolState: "OUTPUT_DENIED", approval: { ...(part.approval ?? asked("")), approved: false } };
    default:
      return unlessFinal(part, "APPROVAL_REQUESTED", asked(String(chunk.approvalId), chunk.isAutomatic === true));
  }
}

const progress = new WeakMap<ToolPart, JsonProgress>();

/** The input as far as it is written; read as soon as it is whole (behaviour.md row 129). */
function withInput(part: ToolPart, piece: string): ToolPart {
  const before = progress.get(part) ?? advanced(noJson, part.rawInput ?? "");
  const now = advanced(before, piece);
  const rawInput = (part.rawInput ?? "") + piece;
  const next: ToolPart = { ...part, rawInput, input: valueOf(now, before, rawInput, part.input) };
  progress.set(next, now);
  return next;
}

/** What was written of an input that never became whole is not the input. */
function over(part: ToolPart): ToolPart {
  return part.toolState === "INPUT_STREAMING" ? { ...part, input: null, rawInput: null } : part;
}

function executed(part: ToolPart | null, chunk: StreamPart): boolean {
  return typeof chunk.providerExecuted === "boolean" ? chunk.providerExecuted : (part?.providerExecuted ?? false);
}

function responded(part: ToolPart, chunk: StreamPart): ToolPart {
  const reason = typeof chunk.reason === "string" ? { reason: chunk.reason } : {};
  const approval = { ...(part.approval ?? asked("")), approved: chunk.approved === true, ...reason };
  return { ...unlessFinal(part, "APPROVAL_RESPONDED", approval), providerExecuted: executed(part, chunk) };
}

function unlessFinal(part: ToolPart, toolState: ToolState, approval: ToolApproval): ToolPart {
  return isFinal(part.toolState) ? { ...part, approval } : { ...over(part), approval, toolState };
}

function asked(id: string, isAutomatic = false): ToolApproval {
  return { id, approved: null, reason: null, isAutomatic, decidedBy: null, decidedAt: null };
}

function approvedCall(parts: readonly MessagePart[], approvalId: string): number {
  return findLastIndex(parts, (part) => part.__typename === "ToolPart" && part.approval?.id === approvalId);
}

function written(value: unknown): string | null {
  return typeof value === "string" || value === null || value === undefined ? (value ?? null) : JSON.stringify(value);
}

/** What a stream says about tool calls, chunk by chunk. Of calls with the same id the newest is meant. */

import type { MessagePart, StreamPart, ToolApproval, ToolPart, ToolState } from "../model.js";

type Parts = readonly MessagePart[];

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
export function withToolChunk(parts: Parts, chunk: StreamPart, stepStart: number): Parts {
  if (!needed[chunk.type]?.every((name) => typeof chunk[name] === "string")) return parts;
  const index = parts.findLastIndex((part) => part.__typename === "ToolPart" && part.toolCallId === chunk.toolCallId);
  switch (chunk.type) {
    case "tool-input-start":
      return put(parts, index >= stepStart ? index : -1, chunk, { toolState: "INPUT_STREAMING" });
    case "tool-input-available":
      return put(parts, index >= stepStart ? index : -1, chunk, { toolState: "INPUT_AVAILABLE", input: chunk.input ?? null });
    case "tool-input-error":
      return put(parts, index >= stepStart ? index : -1, chunk, {
        toolState: "OUTPUT_ERROR",
        errorText: String(chunk.errorText),
        ...(chunk.dynamic === true ? { input: chunk.input ?? null } : { rawInput: written(chunk.input) }),
      });
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
function put(parts: Parts, index: number, chunk: StreamPart, fields: Partial<ToolPart> & Pick<ToolPart, "toolState">): Parts {
  const known = parts[index];
  const before = known?.__typename === "ToolPart" ? known : null;
  const part: ToolPart = {
    ...empty,
    __typename: "ToolPart",
    toolCallId: String(chunk.toolCallId),
    toolName: String(chunk.toolName),
    dynamic: chunk.dynamic === true || (before?.dynamic ?? false),
    title: typeof chunk.title === "string" ? chunk.title : (before?.title ?? null),
    approval: before?.approval ?? null,
    providerExecuted: typeof chunk.providerExecuted === "boolean" ? chunk.providerExecuted : (before?.providerExecuted ?? false),
    ...fields,
  };
  return before ? parts.with(index, part) : [...parts, part];
}

function change(parts: Parts, index: number, how: (part: ToolPart) => ToolPart): Parts {
  const part = parts[index];
  return part?.__typename === "ToolPart" ? parts.with(index, how(part)) : parts;
}

function changed(part: ToolPart, chunk: StreamPart): ToolPart {
  switch (chunk.type) {
    case "tool-input-delta":
      if (part.toolState !== "INPUT_STREAMING") return part;
      return { ...part, rawInput: (part.rawInput ?? "") + String(chunk.inputTextDelta) };
    case "tool-output-available": {
      const outcome = { output: chunk.output ?? null, preliminary: chunk.preliminary === true };
      return { ...part, ...outcome, toolState: "OUTPUT_AVAILABLE", errorText: null, rawInput: null };
    }
    case "tool-output-error":
      return { ...part, toolState: "OUTPUT_ERROR", errorText: String(chunk.errorText), output: null, preliminary: false };
    case "tool-output-denied":
      return { ...part, toolState: "OUTPUT_DENIED", approval: { ...(part.approval ?? asked("")), approved: false } };
    default:
      return unlessFinal(part, "APPROVAL_REQUESTED", asked(String(chunk.approvalId), chunk.isAutomatic === true));
  }
}

function responded(part: ToolPart, chunk: StreamPart): ToolPart {
  const reason = typeof chunk.reason === "string" ? { reason: chunk.reason } : {};
  const approval = { ...(part.approval ?? asked("")), approved: chunk.approved === true, ...reason };
  return unlessFinal(part, "APPROVAL_RESPONDED", approval);
}

function unlessFinal(part: ToolPart, toolState: ToolState, approval: ToolApproval): ToolPart {
  return { ...part, approval, toolState: isFinal(part.toolState) ? part.toolState : toolState };
}

function asked(id: string, isAutomatic = false): ToolApproval {
  return { id, approved: null, reason: null, isAutomatic, decidedBy: null, decidedAt: null };
}

function approvedCall(parts: Parts, approvalId: string): number {
  return parts.findLastIndex((part) => part.__typename === "ToolPart" && part.approval?.id === approvalId);
}

function written(value: unknown): string | null {
  return typeof value === "string" || value === null || value === undefined ? (value ?? null) : JSON.stringify(value);
}

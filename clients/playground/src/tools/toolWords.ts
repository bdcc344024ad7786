/** What the page says about a tool call. */

import type { ToolApproval, ToolPart, ToolState, UIMessage } from "weft-client";

const final: ReadonlySet<ToolState> = new Set(["OUTPUT_AVAILABLE", "OUTPUT_ERROR", "OUTPUT_DENIED"]);

export function toolTitle(part: ToolPart): string {
  return part.title ?? (part.toolName || "Tool");
}

/** Whether a person has to say if it may run. */
export function asksApproval(part: ToolPart): boolean {
  return part.toolState === "APPROVAL_REQUESTED" && part.approval !== null && !part.approval.isAutomatic;
}

/** Whether its result has to come from a person; `waiting`: the generation waits, so nothing runs it. */
export function asksAnswer(part: ToolPart, waiting: boolean): boolean {
  return waiting && part.toolState === "INPUT_AVAILABLE" && !part.providerExecuted;
}

/** How far it is, in a word or two. `live`: somebody is at work on it. */
export function toolStateWords(part: ToolPart, live: boolean, waiting: boolean): string {
  if (asksApproval(part)) return "Waiting for your approval";
  if (asksAnswer(part, waiting)) return "Waiting for your answer";
  switch (part.toolState) {
    case "INPUT_STREAMING":
      return live ? "Writing the input…" : "Not finished";
    case "INPUT_AVAILABLE":
      return live ? "Running…" : "Not run";
    case "APPROVAL_REQUESTED":
      return "Waiting for approval";
    case "APPROVAL_RESPONDED":
      if (part.approval?.approved === false) return "Denied";
      return live ? "Approved, about to run…" : "Approved";
    case "OUTPUT_AVAILABLE":
      return part.preliminary && live ? "Running…" : "Done";
    case "OUTPUT_ERROR":
      return "Failed";
    case "OUTPUT_DENIED":
      return "Denied";
  }
}

/** Whether somebody works on it right now. */
export function isBusy(part: ToolPart, live: boolean): boolean {
  if (!live || part.toolState === "APPROVAL_REQUESTED") return false;
  return !final.has(part.toolState) || (part.preliminary && part.toolState === "OUTPUT_AVAILABLE");
}

/** The decision as a sentence; null while there is none. */
export function decisionWords(approval: ToolApproval | null, time: (iso: string) => string): string | null {
  if (approval === null || approval.approved === null) return null;
  const by = approval.decidedBy === null ? "" : ` by ${approval.decidedBy}`;
  const at = approval.decidedAt === null ? "" : ` at ${time(approval.decidedAt)}`;
  const why = approval.reason ? `: ${approval.reason}` : "";
  return `${approval.approved ? "Approved" : "Denied"}${by}${at}${why}`;
}

/** What to tell a reader who does not see the answer: what it waits for, or what it is at. */
export function progressWords(
  message: Pick<UIMessage, "parts" | "agentName">,
  live: boolean,
  waiting: boolean,
): string | null {
  const tools = message.parts.filter((part) => part.__typename === "ToolPart");
  const asking = tools.find(asksApproval);
  if (asking) return `${toolTitle(asking)} waits for your approval`;
  const open = tools.find((part) => asksAnswer(part, waiting));
  if (open) return `${toolTitle(open)} waits for your answer`;
  if (!live) return null;
  const author = message.agentName ?? "The agent";
  const busy = tools.findLast((part) => isBusy(part, live));
  return busy ? `${author} is using ${toolTitle(busy)}` : `${author} is answering`;
}

/** A value as people read it: text as it is, anything else as indented JSON. */
export function pretty(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}

/** What a person typed as the result of a call: an object or a list if it is one, else the text. */
export function answerOf(text: string): unknown {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed)) return trimmed;
  try {
    return JSON.parse(trimmed) as unknown;
  } catch {
    return trimmed;
  }
}

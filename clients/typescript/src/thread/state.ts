/** What the page knows about one thread, and what may happen to it. */

import type { WeftError } from "../errors.js";
import type { GenerationOptionsInput } from "../generated/operations.js";
import type { Generation, MessagePage, Stream, ThreadEvent, ThreadSnapshot, ThreadSummary, UIMessage } from "../model.js";

/**
 * draft: not created on the server yet. loading: first read. ready: live. failed: the read failed and is tried again.
 * missing: the server does not know it. deleted: it was deleted while open.
 */
export type Phase = "draft" | "loading" | "ready" | "failed" | "missing" | "deleted";

/** What may be sent: a prompt, or content parts in its place. */
export interface OutgoingMessage {
  readonly prompt?: string;
  /** For example `[{ type: "text", text: "…" }, { type: "image", image: "https://…" }]`. */
  readonly content?: readonly Readonly<Record<string, unknown>>[];
  /** May be left out where the server has just one agent. */
  readonly agentName?: string;
  readonly metadata?: unknown;
  /** False saves the message and starts no answer. */
  readonly generate?: boolean;
  readonly options?: GenerationOptionsInput;
}

/** A message that was sent here and that the server has not confirmed. `error` is set when sending failed. */
export interface Draft {
  readonly clientId: string;
  readonly message: OutgoingMessage;
  readonly createdAt: string;
  readonly error: WeftError | null;
}

/**
 * A stream whose message is not saved yet. A stream that is no longer `live` keeps its text on screen until it is.
 * Its `uiMessage` is the whole answer, with what earlier steps have saved; `begin` is the index of its own first part.
 */
export interface OpenStream extends Stream {
  readonly live: boolean;
  readonly begin: number;
  readonly stepOrder: number;
}

export interface ThreadState {
  readonly threadId: string | null;
  readonly phase: Phase;
  readonly thread: ThreadSummary | null;
  /** Position after the last event that was applied. */
  readonly cursor: string | null;
  /** Sorted by position, one per key. */
  readonly messages: readonly UIMessage[];
  readonly drafts: readonly Draft[];
  /** At most one per message key. */
  readonly streams: readonly OpenStream[];
  /** Generations that have not ended: they are queued, run, or wait for a person. */
  readonly active: readonly Generation[];
  /** Ids of streams and generations that have ended: late news about them is ignored. */
  readonly settled: ReadonlySet<string>;
  readonly hasOlder: boolean;
  readonly olderCursor: string | null;
  readonly isLoadingOlder: boolean;
  /** Set when what is known can no longer be trusted: the thread must be read again. */
  readonly resync: string | null;
  /** What went wrong that belongs to no message: reading the thread, or the last thing that was asked for. */
  readonly error: WeftError | null;
}

export type ThreadAction =
  | { readonly type: "loaded"; readonly snapshot: ThreadSnapshot }
  | { readonly type: "loadFailed"; readonly error: WeftError }
  | { readonly type: "notFound"; readonly error: WeftError | null }
  | { readonly type: "event"; readonly event: ThreadEvent }
  | { readonly type: "olderAsked" }
  | { readonly type: "olderFailed"; readonly error: WeftError }
  | { readonly type: "olderLoaded"; readonly before: string | null; readonly page: MessagePage }
  | { readonly type: "drafted"; readonly draft: Draft }
  | { readonly type: "draftRetried"; readonly clientId: string }
  | { readonly type: "draftFailed"; readonly clientId: string; readonly error: WeftError }
  | { readonly type: "draftDiscarded"; readonly clientId: string }
  | {
      readonly type: "sent";
      readonly clientId: string;
      readonly message: UIMessage | null;
      readonly generation: Generation | null;
    }
  | { readonly type: "generationStarted"; readonly generation: Generation }
  | { readonly type: "failed"; readonly error: WeftError | null };

export function newThreadState(threadId: string | null): ThreadState {
  return {
    threadId,
    phase: threadId === null ? "draft" : "loading",
    thread: null,
    cursor: null,
    messages: [],
    drafts: [],
    streams: [],
    active: [],
    settled: new Set(),
    hasOlder: false,
    olderCursor: null,
    isLoadingOlder: false,
    resync: null,
    error: null,
  };
}

export function isSettled(message: UIMessage): boolean {
  return message.status === "SUCCESS" || message.status === "FAILED";
}

export function isActive({ status }: Generation): boolean {
  return status === "QUEUED" || status === "RUNNING" || status === "WAITING";
}

/** True while an answer is being made: there is something to stop. */
export function isAnswering(state: ThreadState): boolean {
  const made = state.active.some((generation) => generation.status !== "WAITING");
  return made || state.streams.some((stream) => stream.live);
}

/** True while an answer waits for a person to decide or answer a tool call. */
export function isWaiting(state: ThreadState): boolean {
  return state.active.some((generation) => generation.status === "WAITING");
}

/** What the page knows about one thread, and what may happen to it. */

import type { Generation, MessagePage, Stream, ThreadEvent, ThreadSnapshot, ThreadSummary, UIMessage } from "./model";

/**
 * draft: not created on the server yet. loading: first read. ready: live. failed: the read failed and is tried again.
 * missing: the server does not know it. deleted: it was deleted while open.
 */
export type Phase = "draft" | "loading" | "ready" | "failed" | "missing" | "deleted";

/** A message the reader sent that the server has not confirmed. `error` is set when sending failed. */
export interface Draft {
  readonly clientId: string;
  readonly text: string;
  readonly agentName: string;
  readonly createdAt: string;
  readonly error: string | null;
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
  /** Set when what is known can no longer be trusted: the thread must be read again. */
  readonly resync: string | null;
  /** A failure to tell the reader about that belongs to no message. */
  readonly notice: string | null;
}

export type ThreadAction =
  | { readonly type: "loaded"; readonly snapshot: ThreadSnapshot }
  | { readonly type: "loadFailed"; readonly error: string }
  | { readonly type: "notFound"; readonly notice: string | null }
  | { readonly type: "event"; readonly event: ThreadEvent }
  | { readonly type: "olderLoaded"; readonly before: string | null; readonly page: MessagePage }
  | { readonly type: "drafted"; readonly draft: Draft }
  | { readonly type: "draftRetried"; readonly clientId: string }
  | { readonly type: "draftFailed"; readonly clientId: string; readonly error: string }
  | { readonly type: "draftDiscarded"; readonly clientId: string }
  | {
      readonly type: "sent";
      readonly clientId: string;
      readonly message: UIMessage | null;
      readonly generation: Generation | null;
    }
  | { readonly type: "generationStarted"; readonly generation: Generation }
  | { readonly type: "noticed"; readonly notice: string | null };

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
    resync: null,
    notice: null,
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

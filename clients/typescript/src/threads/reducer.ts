/** The rules of the thread list: newest activity first, one row a thread, archived threads are not shown. */

import type { WeftError } from "../errors.js";
import type { ThreadListEvent, ThreadPage, ThreadSummary } from "../model.js";

export interface ThreadListState {
  readonly phase: "loading" | "ready" | "failed";
  readonly threads: readonly ThreadSummary[];
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly moreCursor: string | null;
  readonly cursor: string | null;
  readonly resync: string | null;
  /** Why the list could not be read, until it can. */
  readonly error: WeftError | null;
}

export type ThreadListAction =
  | { readonly type: "loaded"; readonly page: ThreadPage }
  | { readonly type: "loadFailed"; readonly error: WeftError }
  | { readonly type: "moreAsked" }
  | { readonly type: "moreLoaded"; readonly after: string | null; readonly page: ThreadPage }
  | { readonly type: "event"; readonly event: ThreadListEvent };

export const newThreadListState: ThreadListState = {
  phase: "loading",
  threads: [],
  hasMore: false,
  isLoadingMore: false,
  moreCursor: null,
  cursor: null,
  resync: null,
  error: null,
};

export function threadListReducer(state: ThreadListState, action: ThreadListAction): ThreadListState {
  switch (action.type) {
    case "loaded":
      return withPage({ ...state, threads: [], phase: "ready", cursor: action.page.cursor, resync: null, error: null }, action.page);
    case "loadFailed":
      return { ...state, phase: state.phase === "ready" ? "ready" : "failed", isLoadingMore: false, error: action.error };
    case "moreAsked":
      return { ...state, isLoadingMore: true };
    case "moreLoaded":
      return action.after === state.moreCursor
        ? withPage({ ...state, error: null }, action.page)
        : { ...state, isLoadingMore: false };
    case "event":
      return withEvent({ ...state, cursor: action.event.cursor }, action.event);
  }
}

function withPage(state: ThreadListState, page: ThreadPage): ThreadListState {
  const known = new Set(state.threads.map((thread) => thread.id));
  const added = page.edges.map((edge) => edge.node).filter((thread) => !known.has(thread.id));
  return {
    ...state,
    threads: [...state.threads, ...added].sort(newestFirst),
    isLoadingMore: false,
    hasMore: page.pageInfo.hasNextPage,
    moreCursor: page.pageInfo.endCursor,
  };
}

function withEvent(state: ThreadListState, event: ThreadListEvent): ThreadListState {
  switch (event.__typename) {
    case "ThreadChanged":
      return withThread(state, event.thread);
    case "ThreadDeleted":
      return { ...state, threads: state.threads.filter((thread) => thread.id !== event.threadId) };
    case "ResyncRequired":
      return { ...state, resync: event.reason };
  }
}

function withThread(state: ThreadListState, thread: ThreadSummary): ThreadListState {
  const others = state.threads.filter((other) => other.id !== thread.id);
  const shown = thread.status === "ACTIVE" && !isOnLaterPage(state, thread);
  return { ...state, threads: shown ? [...others, thread].sort(newestFirst) : others };
}

/** A thread older than everything loaded comes with its own page; shown now, it would hide the ones between. */
function isOnLaterPage(state: ThreadListState, thread: ThreadSummary): boolean {
  const last = state.threads.at(-1);
  return state.hasMore && last !== undefined && last.id !== thread.id && newestFirst(last, thread) < 0;
}

function newestFirst(left: ThreadSummary, right: ThreadSummary): number {
  return compare(lastActivity(right), lastActivity(left)) || compare(right.id, left.id);
}

export function lastActivity(thread: ThreadSummary): string {
  return thread.lastMessageAt ?? thread.createdAt;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

import { useCallback } from "react";

import type { WeftError } from "../errors.js";
import type { Generation, ThreadSummary } from "../model.js";
import { isAnswering, isWaiting, newThreadState, type Phase, type ThreadState } from "../thread/state.js";
import type { ThreadMessage, View } from "../thread/visible.js";
import { sameFields, useRead } from "./useStore.js";
import { useThread, type ThreadRef } from "./useThread.js";

export interface UIMessagesOptions extends View {
  /** Messages read at first and with each older page, 1 to 100; 20 unless told otherwise. */
  readonly pageSize?: number;
}

/** Of the pages: the first is read; there are older ones; an older one is read; all are here. */
export type PageStatus = "LoadingFirstPage" | "CanLoadMore" | "LoadingMore" | "Exhausted";

export interface UIMessages {
  /** Oldest first: what is saved, what streams, and what was sent here and is not confirmed. */
  readonly messages: readonly ThreadMessage[];
  readonly status: PageStatus;
  readonly loadOlder: () => Promise<void>;
  /** draft, loading, ready, failed (it is tried again), missing (not there, or not for this viewer), deleted. */
  readonly phase: Phase;
  readonly thread: ThreadSummary | null;
  /** An answer is being made: `useStop` ends it. */
  readonly isAnswering: boolean;
  /** An answer waits for a person: see `useApprovals`. */
  readonly isWaiting: boolean;
  /** Those that have not ended. */
  readonly generations: readonly Generation[];
  /** Why the thread could not be read, or the last page of it. */
  readonly error: WeftError | null;
}

const nothing = newThreadState(null);
const none: readonly ThreadMessage[] = [];

/** The messages of a thread, live. Renders at most once a frame while an answer streams. */
export function useUIMessages(thread: ThreadRef, options: UIMessagesOptions = {}): UIMessages {
  const { pageSize, stream = true, skipStreamIds = [] } = options;
  const store = useThread(thread, pageSize === undefined ? {} : { pageSize });
  const view: View = { stream, skipStreamIds };
  const key = `${stream}:${skipStreamIds.join()}`;
  const seen = useRead(store, () => summary(store?.state() ?? nothing, store?.messages(view) ?? none), sameFields, key);
  const loadOlder = useCallback(async () => store?.loadOlder(), [store]);
  return { ...seen, loadOlder };
}

function summary(state: ThreadState, messages: readonly ThreadMessage[]) {
  const { phase, thread, active: generations, error } = state;
  return {
    messages,
    status: pageStatus(state),
    phase,
    thread,
    isAnswering: isAnswering(state),
    isWaiting: isWaiting(state),
    generations,
    error,
  };
}

function pageStatus({ phase, hasOlder, isLoadingOlder }: ThreadState): PageStatus {
  if (phase === "loading" || phase === "failed") return "LoadingFirstPage";
  if (isLoadingOlder) return "LoadingMore";
  return hasOlder ? "CanLoadMore" : "Exhausted";
}

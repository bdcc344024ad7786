import { describe, expect, test } from "vitest";

import type { ThreadListEvent, ThreadPage, ThreadSummary } from "../src/model.js";
import { newThreadListState, threadListReducer, type ThreadListState } from "../src/threads/reducer.js";

function thread(id: string, minute: number, fields: Partial<ThreadSummary> = {}): ThreadSummary {
  const createdAt = `2026-11-22T08:${String(minute).padStart(2, "0")}:00.000Z`;
  return { id, userId: null, title: id, summary: null, metadata: null, status: "ACTIVE", createdAt, lastMessageAt: null, pendingApprovals: [], ...fields };
}

function page(threads: readonly ThreadSummary[], endCursor: string | null = null): ThreadPage {
  return { edges: threads.map((node) => ({ node })), pageInfo: { hasNextPage: endCursor !== null, endCursor }, cursor: "x0" };
}

function loaded(threads: readonly ThreadSummary[], endCursor: string | null = null): ThreadListState {
  return threadListReducer(newThreadListState, { type: "loaded", page: page(threads, endCursor) });
}

function after(state: ThreadListState, event: ThreadListEvent): string[] {
  return threadListReducer(state, { type: "event", event }).threads.map(({ id }) => id);
}

describe("the thread list", () => {
  test("puts the newest activity first, a thread without messages by its creation", () => {
    const spoken = thread("a", 1, { lastMessageAt: "2026-11-22T09:00:00.000Z" });
    expect(loaded([thread("b", 5), spoken, thread("c", 7)]).threads.map(({ id }) => id)).toEqual(["a", "c", "b"]);
  });

  test("moves a thread up when something happens in it, and takes in new ones", () => {
    const state = loaded([thread("b", 5), thread("a", 1)]);
    const moved = thread("a", 1, { lastMessageAt: "2026-11-22T09:00:00.000Z" });
    expect(after(state, { __typename: "ThreadChanged", cursor: "x", thread: moved })).toEqual(["a", "b"]);
    expect(after(state, { __typename: "ThreadChanged", cursor: "x", thread: thread("n", 9) })).toEqual(["n", "b", "a"]);
  });

  test("drops deleted and archived threads", () => {
    const state = loaded([thread("b", 5), thread("a", 1)]);
    expect(after(state, { __typename: "ThreadDeleted", cursor: "x", threadId: "b" })).toEqual(["a"]);
    const archived = thread("a", 1, { status: "ARCHIVED" });
    expect(after(state, { __typename: "ThreadChanged", cursor: "x", thread: archived })).toEqual(["b"]);
  });

  test("adds the next page once, without repeats", () => {
    const state = loaded([thread("c", 9), thread("b", 5)], "p1");
    const next = page([thread("b", 5), thread("a", 1)]);
    const more = threadListReducer(state, { type: "moreLoaded", after: "p1", page: next });
    expect(more.threads.map(({ id }) => id)).toEqual(["c", "b", "a"]);
    expect(threadListReducer(more, { type: "moreLoaded", after: "p1", page: next })).toEqual(more);
  });

  test("leaves a thread that belongs to a page not loaded yet to that page", () => {
    const state = loaded([thread("c", 9), thread("b", 5)], "p1");
    expect(after(state, { __typename: "ThreadChanged", cursor: "x", thread: thread("a", 1) })).toEqual(["c", "b"]);
  });

  test("remembers the cursor and a demanded resync", () => {
    const event: ThreadListEvent = { __typename: "ResyncRequired", cursor: "x9", reason: "too old" };
    const state = threadListReducer(loaded([]), { type: "event", event });
    expect(state).toMatchObject({ cursor: "x9", resync: "too old" });
    expect(threadListReducer(state, { type: "loaded", page: page([]) }).resync).toBeNull();
  });
});

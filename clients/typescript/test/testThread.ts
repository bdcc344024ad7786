/** Builders for tests: a thread as the server would tell it. */

import type { MessagePage, Stream, StreamDelta, ThreadEvent, ThreadSnapshot, UIMessage } from "../src/model.js";
import { newThreadState, type ThreadAction, type ThreadState } from "../src/thread/state.js";
import { threadReducer } from "../src/thread/reducer.js";

export const THREAD = "thr_1";

export function message(order: number, stepOrder: number, fields: Partial<UIMessage> = {}): UIMessage {
  const text = fields.text ?? "";
  return {
    id: `msg_${order}_${stepOrder}`,
    key: `${THREAD}-${order}-${stepOrder}`,
    threadId: THREAD,
    order,
    stepOrder,
    role: stepOrder === 0 ? "USER" : "ASSISTANT",
    status: "SUCCESS",
    text,
    parts: text === "" ? [] : [{ __typename: "TextPart", text, state: fields.status === "STREAMING" ? "STREAMING" : "DONE" }],
    agentName: stepOrder === 0 ? null : "demo",
    userId: null,
    clientId: null,
    metadata: null,
    error: null,
    usage: null,
    createdAt: "2026-11-22T08:00:00.000Z",
    ...fields,
  };
}

/** A stream at position (0, 1) unless told otherwise. */
export function stream(id: string, text: string, end: number, order = 0): Stream {
  return { id, end, uiMessage: message(order, 1, { id: `stream:${id}`, text, status: "STREAMING" }) };
}

export function delta(streamId: string, start: number, end: number, text: string): StreamDelta {
  const begun = start === 0 ? [{ type: "text-start", id: "t" }] : [];
  return { streamId, start, end, parts: [...begun, { type: "text-delta", id: "t", delta: text }] };
}

export function page(messages: readonly UIMessage[], startCursor: string | null = null): MessagePage {
  return {
    edges: messages.map((node) => ({ node })),
    pageInfo: { hasPreviousPage: startCursor !== null, startCursor },
  };
}

export function snapshot(fields: Partial<ThreadSnapshot> = {}): ThreadSnapshot {
  return {
    id: THREAD,
    userId: null,
    title: "A thread",
    summary: null,
    metadata: null,
    status: "ACTIVE",
    createdAt: "2026-11-22T08:00:00.000Z",
    lastMessageAt: null,
    pendingApprovals: [],
    cursor: "c0",
    uiMessages: page([]),
    streams: [],
    generations: { edges: [] },
    ...fields,
  };
}

export function run(state: ThreadState, ...actions: readonly ThreadAction[]): ThreadState {
  return actions.reduce(threadReducer, state);
}

export function loaded(fields: Partial<ThreadSnapshot> = {}): ThreadState {
  return run(newThreadState(THREAD), { type: "loaded", snapshot: snapshot(fields) });
}

/** Events without a cursor get c1, c2, … */
export function events(...list: readonly DistributiveOmit<ThreadEvent, "cursor">[]): ThreadAction[] {
  return list.map((event, index) => ({ type: "event", event: { ...event, cursor: `c${index + 1}` } as ThreadEvent }));
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

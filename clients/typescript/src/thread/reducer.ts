/**
 * The rules by which a thread on screen follows the thread on the server: (state, action) => state, no side effects.
 * Saved messages win over streams, and a reader that finds a gap asks for a resync instead of guessing.
 */

import type { WeftError } from "../errors.js";
import type { Generation, Stream, StreamDelta, ThreadEvent, ThreadSnapshot, UIMessage } from "../model.js";
import { answerAt, belongsTo, readStream, startedStream } from "./answers.js";
import { appendDelta } from "./streamParts.js";
import { isActive, isSettled, type OpenStream, type ThreadAction, type ThreadState } from "./state.js";

export function threadReducer(state: ThreadState, action: ThreadAction): ThreadState {
  switch (action.type) {
    case "loaded":
      return withSnapshot(state, action.snapshot);
    case "loadFailed":
      return { ...state, phase: state.phase === "loading" ? "failed" : state.phase, error: action.error };
    case "notFound":
      return { ...state, phase: state.phase === "deleted" ? "deleted" : "missing", error: action.error };
    case "event":
      return state.resync === null ? withEvent(state, action.event) : state;
    case "olderAsked":
      return { ...state, isLoadingOlder: true };
    case "olderFailed":
      return { ...state, isLoadingOlder: false, error: action.error };
    case "olderLoaded":
      return withOlder(state, action);
    case "drafted":
      return { ...state, drafts: [...state.drafts, action.draft], error: null };
    case "draftRetried":
    case "draftFailed":
      return withDraftError(state, action.clientId, action.type === "draftFailed" ? action.error : null);
    case "draftDiscarded":
      return withoutDraft(state, action.clientId);
    case "sent":
      return withSent(state, action);
    case "generationStarted":
      return withNewGeneration(state, action.generation);
    case "failed":
      return { ...state, error: action.error };
  }
}

function withSnapshot(state: ThreadState, snapshot: ThreadSnapshot): ThreadState {
  const { cursor, uiMessages, streams, generations, ...thread } = snapshot;
  const messages = uiMessages.edges.map((edge) => edge.node).sort(byPosition);
  const confirmed = new Set(messages.map((message) => message.clientId));
  const latest = generations.edges.map((edge) => edge.node);
  return {
    ...state,
    threadId: thread.id,
    phase: "ready",
    thread,
    cursor,
    messages,
    drafts: state.drafts.filter((draft) => !confirmed.has(draft.clientId)),
    streams: streams.map((stream) => readStream(stream, messages)),
    active: latest.filter(isActive),
    settled: settledAfter(state.settled, latest, streams),
    hasOlder: uiMessages.pageInfo.hasPreviousPage,
    olderCursor: uiMessages.pageInfo.startCursor,
    isLoadingOlder: false,
    resync: null,
    error: null,
  };
}

function settledAfter(
  settled: ReadonlySet<string>,
  generations: readonly Generation[],
  streams: readonly Stream[],
): ReadonlySet<string> {
  const ids = new Set(settled);
  for (const generation of generations) {
    if (isActive(generation)) ids.delete(generation.id);
    else ids.add(generation.id);
  }
  for (const stream of streams) ids.delete(stream.id);
  return ids;
}

function withEvent(before: ThreadState, event: ThreadEvent): ThreadState {
  const state = { ...before, cursor: event.cursor };
  switch (event.__typename) {
    case "MessageSaved":
      return withMessage(state, event.uiMessage);
    case "MessageRemoved":
      return withoutKeys(state, new Set(event.keys));
    case "StreamStarted":
      return withStream(state, event.stream);
    case "StreamAdvanced":
      return withDelta(state, event.delta);
    case "StreamEnded":
      return withStreamEnded(state, event.streamId);
    case "GenerationChanged":
      return withGeneration(state, event.generation);
    case "ThreadChanged":
      return { ...state, thread: event.thread };
    case "ThreadDeleted":
      return { ...state, phase: "deleted", streams: [], active: [] };
    case "ResyncRequired":
      return { ...state, resync: event.reason };
  }
}

function withMessage(state: ThreadState, message: UIMessage): ThreadState {
  const kept = withoutStreams(state, (stream) => !stream.live && belongsTo(stream, message));
  const settled = message.clientId === null ? kept : withoutDraft(kept, message.clientId);
  return isBeforeLoaded(state, message) ? settled : { ...settled, messages: upsert(settled.messages, message) };
}

/** A change to a message on a page that was not read would leave a hole above it; the page brings it when it is read. */
function isBeforeLoaded(state: ThreadState, message: UIMessage): boolean {
  const first = state.messages[0];
  return state.hasOlder && first !== undefined && byPosition(message, first) < 0;
}

function withoutKeys(state: ThreadState, keys: ReadonlySet<string>): ThreadState {
  const kept = withoutStreams(state, (stream) => keys.has(stream.uiMessage.key));
  return { ...kept, messages: state.messages.filter((message) => !keys.has(message.key)) };
}

function withStream(state: ThreadState, stream: Stream): ThreadState {
  if (state.settled.has(stream.id)) return state;
  const known = state.streams.find((candidate) => candidate.id === stream.id);
  if (known && known.end >= stream.end) return state;
  const started = startedStream(stream, state.messages);
  const { key } = started.uiMessage;
  const kept = withoutStreams(state, (other) => other.uiMessage.key === key && other.id !== stream.id);
  const others = kept.streams.filter((other) => other.id !== stream.id);
  return { ...kept, streams: [...others, started] };
}

function withDelta(state: ThreadState, delta: StreamDelta): ThreadState {
  if (state.settled.has(delta.streamId)) return state;
  const stream = state.streams.find((candidate) => candidate.id === delta.streamId);
  if (!stream) return { ...state, resync: `Delta of an unknown stream ${delta.streamId}` };
  if (delta.end <= stream.end) return state;
  if (delta.start !== stream.end) {
    return { ...state, resync: `Stream ${stream.id} is known up to ${stream.end}, the delta starts at ${delta.start}` };
  }
  const uiMessage = appendDelta(stream.uiMessage, delta, stream.begin);
  const advanced: OpenStream = { ...stream, end: delta.end, uiMessage };
  return { ...state, streams: state.streams.map((other) => (other === stream ? advanced : other)) };
}

/** What was streamed stays on screen until its message is saved. */
function withStreamEnded(state: ThreadState, streamId: string): ThreadState {
  const stream = state.streams.find((candidate) => candidate.id === streamId);
  if (!stream) return settle(state, streamId);
  const saved = answerAt(state.messages, stream.uiMessage.order, stream.stepOrder);
  if (saved && isSettled(saved)) return withoutStreams(state, (other) => other === stream);
  const streams = state.streams.map((other) => (other === stream ? { ...stream, live: false } : other));
  return settle({ ...state, streams }, streamId);
}

function withGeneration(state: ThreadState, generation: Generation): ThreadState {
  if (state.settled.has(generation.id)) return state;
  const others = state.active.filter((other) => other.id !== generation.id);
  if (isActive(generation)) return { ...state, active: [...others, generation] };
  return settle({ ...state, active: others }, generation.id);
}

/** A generation as a mutation gave it back: what events have told of it meanwhile is newer. */
function withNewGeneration(state: ThreadState, generation: Generation): ThreadState {
  return state.active.some((other) => other.id === generation.id) ? state : withGeneration(state, generation);
}

function withSent(state: ThreadState, sent: ThreadAction & { type: "sent" }): ThreadState {
  const stillDraft = state.drafts.some((draft) => draft.clientId === sent.clientId);
  const saved = sent.message && stillDraft ? withMessage(state, sent.message) : state;
  return sent.generation ? withNewGeneration(saved, sent.generation) : saved;
}

function withOlder(state: ThreadState, older: ThreadAction & { type: "olderLoaded" }): ThreadState {
  if (older.before !== state.olderCursor) return { ...state, isLoadingOlder: false };
  const loaded = older.page.edges.map((edge) => edge.node);
  const known = new Set(state.messages.map((message) => message.key));
  return {
    ...state,
    messages: [...loaded.filter((message) => !known.has(message.key)), ...state.messages].sort(byPosition),
    isLoadingOlder: false,
    hasOlder: older.page.pageInfo.hasPreviousPage,
    olderCursor: older.page.pageInfo.startCursor,
  };
}

function withDraftError(state: ThreadState, clientId: string, error: WeftError | null): ThreadState {
  return {
    ...state,
    drafts: state.drafts.map((draft) => (draft.clientId === clientId ? { ...draft, error } : draft)),
  };
}

function withoutDraft(state: ThreadState, clientId: string): ThreadState {
  return { ...state, drafts: state.drafts.filter((draft) => draft.clientId !== clientId) };
}

function withoutStreams(state: ThreadState, drop: (stream: OpenStream) => boolean): ThreadState {
  const dropped = state.streams.filter(drop);
  if (dropped.length === 0) return state;
  const settled = new Set([...state.settled, ...dropped.map((stream) => stream.id)]);
  return { ...state, settled, streams: state.streams.filter((stream) => !dropped.includes(stream)) };
}

function settle(state: ThreadState, id: string): ThreadState {
  return state.settled.has(id) ? state : { ...state, settled: new Set([...state.settled, id]) };
}

function upsert(messages: readonly UIMessage[], message: UIMessage): readonly UIMessage[] {
  return [...messages.filter((other) => other.key !== message.key), message].sort(byPosition);
}

function byPosition(left: UIMessage, right: UIMessage): number {
  return left.order - right.order || left.stepOrder - right.stepOrder;
}

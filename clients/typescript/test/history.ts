/** A thread as a server keeps it: what is saved, what streams, what happened. Its snapshots and events agree by construction. */

import type { Generation, MessagePart, Stream, StreamPart, ThreadEvent, ThreadSnapshot, UIMessage } from "../src/model.js";
import { partsBefore } from "../src/thread/answers.js";
import { appendDelta, textOf } from "../src/thread/streamParts.js";
import { message, THREAD } from "./testThread.js";

type Unplaced<Event> = Event extends unknown ? Omit<Event, "cursor"> : never;

interface LiveStream {
  readonly id: string;
  readonly order: number;
  readonly stepOrder: number;
  readonly chunks: StreamPart[];
  readonly blank: UIMessage;
}

export class History {
  readonly log: ThreadEvent[] = [];
  readonly messages = new Map<string, UIMessage>();
  readonly streams = new Map<string, LiveStream>();
  readonly generations = new Map<string, Generation>();
  title = "A thread";
  isDeleted = false;

  constructor(readonly id = THREAD) {}

  get cursor(): string {
    return String(this.log.length);
  }

  tell(event: Unplaced<ThreadEvent>): void {
    this.log.push({ ...event, cursor: String(this.log.length + 1) } as ThreadEvent);
  }

  save(saved: UIMessage): UIMessage {
    this.messages.set(saved.key, saved);
    this.tell({ __typename: "MessageSaved", uiMessage: saved });
    return saved;
  }

  say(order: number, text: string, clientId: string | null = null): UIMessage {
    return this.save(message(order, 0, { text, clientId, threadId: this.id, key: `${this.id}-${order}-0` }));
  }

  remove(...keys: string[]): void {
    for (const key of keys) this.messages.delete(key);
    this.tell({ __typename: "MessageRemoved", keys });
  }

  generation(id: string, order: number, status: Generation["status"]): void {
    const changed = { id, order, agentName: "demo", status, error: null };
    this.generations.set(id, changed);
    this.tell({ __typename: "GenerationChanged", generation: changed });
  }

  start(id: string, order: number, stepOrder: number): void {
    const key = `${this.id}-${order}-${stepOrder}`;
    const blank = message(order, stepOrder, { id: `stream:${id}`, key, status: "STREAMING", threadId: this.id });
    const live: LiveStream = { id, order, stepOrder, chunks: [], blank };
    this.streams.set(id, live);
    this.tell({ __typename: "StreamStarted", stream: told(live) });
  }

  advance(id: string, ...parts: StreamPart[]): void {
    const live = this.streams.get(id);
    if (!live) throw new Error(`no stream ${id}`);
    const start = live.chunks.length;
    live.chunks.push(...parts);
    this.tell({ __typename: "StreamAdvanced", delta: { streamId: id, start, end: live.chunks.length, parts } });
  }

  end(id: string, state: "FINISHED" | "ABORTED"): void {
    const live = this.streams.get(id);
    this.streams.delete(id);
    this.tell({ __typename: "StreamEnded", streamId: id, key: live?.blank.key ?? "", state, abortReason: null });
  }

  rename(title: string): void {
    this.title = title;
    this.tell({ __typename: "ThreadChanged", thread: this.summary() });
  }

  delete(): void {
    this.isDeleted = true;
    this.tell({ __typename: "ThreadDeleted", threadId: this.id });
  }

  /** What a stream at this place and its saved steps say together, as parts to save. */
  whole(id: string, before: readonly MessagePart[], isDone: boolean): readonly MessagePart[] {
    const live = this.streams.get(id);
    if (!live) throw new Error(`no stream ${id}`);
    let step = live.stepOrder - 2;
    const parts = written(live, before).parts.map((part, index): MessagePart => {
      if (index < before.length && part.__typename !== "ToolPart") return part;
      if (part.__typename === "StepStartPart") return { ...part, stepOrder: (step += 2) };
      if (part.__typename !== "TextPart" && part.__typename !== "ReasoningPart") return part;
      return { __typename: part.__typename, text: part.text, state: isDone ? "DONE" : part.state };
    });
    return stepsTold(parts);
  }

  shown(): UIMessage[] {
    return [...this.messages.values()].sort((left, right) => left.order - right.order || left.stepOrder - right.stepOrder).map((saved) => this.overlaid(saved));
  }

  page(last: number, before: string | null = null) {
    const all = this.shown();
    const end = before === null ? all.length : all.findIndex(({ key }) => key === before);
    const nodes = all.slice(Math.max(0, end - last), end);
    return { edges: nodes.map((node) => ({ node })), pageInfo: { hasPreviousPage: end > last, startCursor: nodes[0]?.key ?? null } };
  }

  snapshot(last = 20): ThreadSnapshot {
    const ended = [...this.generations.values()].slice(-5);
    return {
      ...this.summary(),
      cursor: this.cursor,
      uiMessages: this.page(last),
      streams: [...this.streams.values()].map(told),
      generations: { edges: ended.map((node) => ({ node })) },
    };
  }

  summary() {
    const fixed = { userId: null, summary: null, metadata: null, lastMessageAt: null, pendingApprovals: [] };
    return { ...fixed, id: this.id, title: this.title, status: "ACTIVE" as const, createdAt: "2026-11-22T08:00:00.000Z" };
  }

  /** A message that waits to be written shows what its stream has. */
  private overlaid(saved: UIMessage): UIMessage {
    if (saved.status !== "PENDING" || saved.role !== "ASSISTANT") return saved;
    const live = [...this.streams.values()].find(({ order }) => order === saved.order);
    if (!live) return saved;
    const parts = this.whole(live.id, partsBefore(saved.parts, live.stepOrder), false);
    return { ...saved, status: "STREAMING", parts, text: textOf(parts) };
  }
}

function written(live: LiveStream, before: readonly MessagePart[] = []): UIMessage {
  const end = live.chunks.length;
  return appendDelta({ ...live.blank, parts: before }, { streamId: live.id, start: 0, end, parts: live.chunks }, before.length);
}

function told(live: LiveStream): Stream {
  const message = written(live);
  const parts = message.parts.map(({ ...part }) => {
    if ("id" in part) delete part.id;
    return part;
  });
  return { id: live.id, end: live.chunks.length, uiMessage: { ...message, parts: stepsTold(parts) } };
}

function stepsTold(parts: readonly MessagePart[]): readonly MessagePart[] {
  const areTold = parts.some((part) => part.__typename === "ToolPart");
  return areTold ? parts : parts.filter((part) => part.__typename !== "StepStartPart");
}

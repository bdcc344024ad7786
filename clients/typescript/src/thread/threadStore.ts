/**
 * One thread, live: what is known of it, and everything a reader can do in it. Without an id it is a draft, which
 * becomes a thread with its first message.
 */

import { accepted, asWeftError, WeftError } from "../errors.js";
import * as documents from "../generated/operations.js";
import type { Operation } from "../http.js";
import { newId } from "../newId.js";
import type { Server } from "../server.js";
import { Store } from "../store.js";
import { ThreadFeed } from "./feed.js";
import { threadReducer } from "./reducer.js";
import { newThreadState, type Draft, type OutgoingMessage, type ThreadAction, type ThreadState } from "./state.js";
import { visibleMessages, type ThreadMessage, type View } from "./visible.js";

export interface ThreadStoreOptions {
  /** Messages read at first and with each older page, 1 to 100. */
  readonly pageSize?: number;
  /** Of a draft: what its thread is to be. A function is given the first message. */
  readonly create?: NewThread | ((message: OutgoingMessage) => NewThread);
}

export type NewThread = Pick<documents.CreateThreadInput, "title" | "summary" | "metadata" | "userId">;

export const PAGE_SIZE = 20;
/** Views of one thread that are remembered, the ones used last. */
const VIEWS = 16;

export class ThreadStore {
  /** Names this store, and the thread for the server when a draft becomes one. */
  readonly id = newId();
  readonly pageSize: number;
  private readonly store: Store<ThreadState, ThreadAction>;
  private feed: ThreadFeed | null = null;
  private isOpen = false;
  private creating: Promise<string> | null = null;
  /** Of each view that is asked for, what it last showed. */
  private readonly seen = new Map<string, { readonly state: ThreadState; readonly messages: readonly ThreadMessage[] }>();

  constructor(
    private readonly server: Server,
    threadId: string | null,
    private readonly options: ThreadStoreOptions = {},
    private readonly created: (threadId: string, store: ThreadStore) => void = () => undefined,
  ) {
    this.pageSize = options.pageSize ?? PAGE_SIZE;
    this.store = new Store<ThreadState, ThreadAction>(threadReducer, newThreadState(threadId));
  }

  readonly state = (): ThreadState => this.store.state();

  /** Calls the listener after every change, at most once a frame while an answer streams. */
  readonly subscribe = (listener: () => void): (() => void) => this.store.subscribe(listener);

  /** What the reader sees, oldest first. The same array until something in it changes. */
  readonly messages = (view: View = {}): readonly ThreadMessage[] => {
    const state = this.store.state();
    const name = `${view.stream !== false}:${view.skipStreamIds?.join() ?? ""}`;
    const before = this.seen.get(name);
    if (before?.state === state) return before.messages;
    const messages = same(before?.messages, visibleMessages(state, view));
    this.seen.delete(name);
    this.seen.set(name, { state, messages });
    for (const [oldest] of this.seen) if (this.seen.size > VIEWS) this.seen.delete(oldest);
    return messages;
  };

  /** Starts to follow the thread. A draft starts when it is created. */
  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    const { threadId } = this.state();
    if (threadId !== null) void this.newFeed(threadId).read();
  }

  close(): void {
    this.isOpen = false;
    this.feed?.close();
    this.feed = null;
  }

  /** Reads the thread again, as after a refusal that has been mended. */
  reload(): void {
    this.close();
    this.open();
  }

  /**
   * Shows the message at once, then creates the thread if need be and sends it. Resolves to the draft's clientId when
   * the server has it, or when it failed: then the message stays, FAILED, for `resend` or `discard`.
   */
  async send(message: OutgoingMessage | string): Promise<string> {
    const outgoing = typeof message === "string" ? { prompt: message } : message;
    const draft: Draft = { clientId: newId(), message: outgoing, createdAt: new Date().toISOString(), error: null };
    this.store.dispatch({ type: "drafted", draft });
    await this.deliver(draft);
    return draft.clientId;
  }

  /** Sends a message that failed once more; its clientId makes that safe even if the first one did arrive. */
  async resend(clientId: string): Promise<void> {
    const draft = this.state().drafts.find((candidate) => candidate.clientId === clientId && candidate.error !== null);
    if (!draft) return;
    this.store.dispatch({ type: "draftRetried", clientId });
    await this.deliver(draft);
  }

  /** Takes back a message that failed; gives back what it said. */
  discard(clientId: string): OutgoingMessage | null {
    const draft = this.state().drafts.find((candidate) => candidate.clientId === clientId && candidate.error !== null);
    if (draft) this.store.dispatch({ type: "draftDiscarded", clientId });
    return draft?.message ?? null;
  }

  /** Throws the answer of a turn away and asks for another one; `prompt` replaces what was asked. */
  async regenerate(input: documents.RegenerateInput): Promise<void> {
    const { generation } = await this.asked(documents.RegenerateDocument, { input });
    if (generation) this.store.dispatch({ type: "generationStarted", generation });
  }

  /** Lets a tool call run. What comes of it comes with the thread's events. Raises WeftError, ALREADY_HANDLED when somebody was first. */
  async approve(approvalId: string, reason: string | null = null): Promise<void> {
    const input = { threadId: this.threadId(), approvalId, reason };
    await this.asked(documents.ApproveToolCallDocument, { input });
  }

  /** Forbids a tool call; the reason is told to the model. Raises WeftError, ALREADY_HANDLED when somebody was first. */
  async deny(approvalId: string, reason: string | null = null): Promise<void> {
    const input = { threadId: this.threadId(), approvalId, reason };
    await this.asked(documents.DenyToolCallDocument, { input });
  }

  /** Gives the result of a tool call that a person or this client answers. Raises WeftError. */
  async submitToolResult(toolCallId: string, output: unknown): Promise<void> {
    const input = { threadId: this.threadId(), toolCallId, output };
    await this.asked(documents.SubmitToolResultDocument, { input });
  }

  /** Ends every answer that is being made or waits for somebody. The reason is stored as its error. */
  async stop(reason = "Stopped by the reader"): Promise<void> {
    const { threadId, active } = this.state();
    if (threadId === null) return;
    if (active.length === 0) {
      await this.asked(documents.AbortStreamsDocument, { input: { threadId, reason } });
    }
    for (const { id } of active) {
      const input = { generationId: id, reason };
      await this.asked(documents.AbortGenerationDocument, { input });
    }
  }

  /** Reads the page before the oldest message. Does nothing when there is none, or when it is being read. */
  async loadOlder(): Promise<void> {
    const { threadId, olderCursor: before, hasOlder, isLoadingOlder } = this.state();
    if (threadId === null || !hasOlder || isLoadingOlder) return;
    this.store.dispatch({ type: "olderAsked" });
    try {
      const asked = { id: threadId, last: this.pageSize, before };
      const { thread } = await this.server.request(documents.OlderMessagesDocument, asked);
      if (thread) this.store.dispatch({ type: "olderLoaded", before, page: thread.uiMessages });
      else this.store.dispatch({ type: "notFound", error: null });
    } catch (error) {
      this.store.dispatch({ type: "olderFailed", error: asWeftError(error) });
    }
  }

  /** Changes the thread itself. Raises WeftError. */
  async update(changes: Omit<documents.UpdateThreadInput, "threadId">): Promise<void> {
    const input = { threadId: this.threadId(), ...changes };
    await this.asked(documents.UpdateThreadDocument, { input });
  }

  /** Deletes the thread and everything in it. Raises WeftError. */
  async delete(): Promise<void> {
    await this.asked(documents.DeleteThreadDocument, { input: { threadId: this.threadId() } });
  }

  /** Forgets the error that is told. */
  clearError(): void {
    if (this.state().error) this.store.dispatch({ type: "failed", error: null });
  }

  private threadId(): string {
    const { threadId } = this.state();
    if (threadId !== null) return threadId;
    throw new WeftError("The thread is not created yet: send its first message.", { code: "INVALID", retryable: false });
  }

  /** The payload of a mutation. Raises WeftError, also for its user errors. */
  private async asked<Payload extends Parameters<typeof accepted>[0], Variables>(
    operation: Operation<Readonly<Record<string, Payload>>, Variables>,
    variables: Variables,
  ): Promise<Payload> {
    const [payload] = Object.values(await this.server.request(operation, variables));
    return accepted(payload as Payload);
  }

  private async deliver({ clientId, message }: Draft): Promise<void> {
    try {
      const threadId = await this.existing(message);
      const input = { threadId, clientId, ...message };
      const payload = await this.asked(documents.SendMessageDocument, { input });
      this.store.dispatch({ type: "sent", clientId, message: payload.sentMessage, generation: payload.generation });
    } catch (error) {
      this.store.dispatch({ type: "draftFailed", clientId, error: asWeftError(error) });
    }
  }

  /** The thread's id. Messages that are sent while a draft is created wait for the same thread. */
  private async existing(message: OutgoingMessage): Promise<string> {
    const { threadId } = this.state();
    if (threadId !== null) return threadId;
    this.creating ??= this.create(message).finally(() => (this.creating = null));
    return this.creating;
  }

  /** Creates the thread of a draft; its events are followed before the first message can cause any. */
  private async create(message: OutgoingMessage): Promise<string> {
    const { create = {} } = this.options;
    const input = { ...(typeof create === "function" ? create(message) : create), clientId: this.id };
    const variables = { input, last: this.pageSize };
    const { thread } = await this.asked(documents.CreateThreadDocument, variables);
    if (!thread) throw new WeftError("The server did not create the thread.", { code: null, retryable: false });
    this.store.dispatch({ type: "loaded", snapshot: thread });
    this.created(thread.id, this);
    if (this.isOpen) this.newFeed(thread.id).follow(thread.cursor);
    return thread.id;
  }

  private newFeed(threadId: string): ThreadFeed {
    this.feed?.close();
    this.feed = new ThreadFeed(this.server, threadId, this.pageSize, this.store);
    return this.feed;
  }
}

/** The earlier array when nothing in it changed, so that nobody renders for nothing. */
function same<Item>(before: readonly Item[] | undefined, now: readonly Item[]): readonly Item[] {
  return before?.length === now.length && now.every((item, index) => item === before[index]) ? before : now;
}

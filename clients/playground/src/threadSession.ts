/** One open thread: its store, its feed, and what the reader can do in it. A session without an id is a draft. */

import { accepted, errorText, request } from "./http";
import type { UIMessage } from "./model";
import { newId } from "./newId";
import {
  abortGenerationMutation,
  abortStreamsMutation,
  approveToolCallMutation,
  createThreadMutation,
  denyToolCallMutation,
  olderMessagesQuery,
  regenerateMutation,
  sendMessageMutation,
  submitToolResultMutation,
  updateThreadMutation,
} from "./operations";
import { Store } from "./store";
import { PAGE_SIZE, ThreadFeed } from "./threadFeed";
import { newThreadState, type Draft, type ThreadAction, type ThreadState } from "./threadState";
import { threadReducer } from "./threadStore";
import { titleOf } from "./threadTitle";

/** Stored as the reason of an answer the reader stopped, and recognized when it comes back. */
export const STOP_REASON = "Stopped by the reader";

export class ThreadSession {
  readonly store: Store<ThreadState, ThreadAction>;
  private feed: ThreadFeed | null = null;
  private isOpen = false;
  /** Names this session on the page, and its thread for the server when it creates it. */
  readonly id = newId();

  constructor(threadId: string | null) {
    this.store = new Store<ThreadState, ThreadAction>(threadReducer, newThreadState(threadId));
  }

  /** Starts to follow the thread. A draft starts when it is created. */
  open(): void {
    this.isOpen = true;
    const { threadId } = this.store.state();
    if (threadId === null || this.feed) return;
    this.feed = new ThreadFeed(threadId, this.store);
    void this.feed.read();
  }

  close(): void {
    this.isOpen = false;
    this.feed?.close();
    this.feed = null;
  }

  /** Shows the message at once, then creates the thread if need be and sends it. */
  async send(text: string, agentName: string): Promise<void> {
    const draft: Draft = {
      clientId: newId(),
      text,
      agentName,
      createdAt: new Date().toISOString(),
      error: null,
    };
    this.store.dispatch({ type: "drafted", draft });
    await this.deliver(draft);
  }

  /** Sends a draft that failed once more; its clientId makes that safe even if the first one did arrive. */
  async resend(draft: Draft): Promise<void> {
    this.store.dispatch({ type: "draftRetried", clientId: draft.clientId });
    await this.deliver(draft);
  }

  discard(draft: Draft): void {
    this.store.dispatch({ type: "draftDiscarded", clientId: draft.clientId });
  }

  /** Throws this answer away and asks for another one. */
  async answerAgain(answer: UIMessage, agentName: string): Promise<void> {
    await this.attempt(async () => {
      const input = { messageId: answer.id, agentName };
      const { generation } = accepted((await request(regenerateMutation, { input })).regenerate);
      if (generation) this.store.dispatch({ type: "generationStarted", generation });
    });
  }

  /** Lets a tool call run, or not. What comes of it comes with the thread's events. Raises RequestError. */
  async decide(approvalId: string, approved: boolean, reason: string): Promise<void> {
    const input = { threadId: this.store.state().threadId ?? "", approvalId, reason: reason.trim() || null };
    if (approved) accepted((await request(approveToolCallMutation, { input })).approveToolCall);
    else accepted((await request(denyToolCallMutation, { input })).denyToolCall);
  }

  /** Gives the result of a tool call that a person answers. Raises RequestError. */
  async submit(toolCallId: string, output: unknown): Promise<void> {
    const input = { threadId: this.store.state().threadId ?? "", toolCallId, output };
    accepted((await request(submitToolResultMutation, { input })).submitToolResult);
  }

  /** Ends every answer that is being made or waits for somebody. */
  async stop(): Promise<void> {
    const { threadId, active } = this.store.state();
    if (threadId === null) return;
    await this.attempt(async () => {
      if (active.length === 0) {
        const input = { threadId, reason: STOP_REASON };
        accepted((await request(abortStreamsMutation, { input })).abortStreams);
      }
      for (const { id } of active) {
        const input = { generationId: id, reason: STOP_REASON };
        accepted((await request(abortGenerationMutation, { input })).abortGeneration);
      }
    });
  }

  async loadOlder(): Promise<void> {
    const { threadId, olderCursor: before, hasOlder } = this.store.state();
    if (threadId === null || !hasOlder) return;
    await this.attempt(async () => {
      const { thread } = await request(olderMessagesQuery, { id: threadId, last: PAGE_SIZE, before });
      if (thread) this.store.dispatch({ type: "olderLoaded", before, page: thread.uiMessages });
    });
  }

  async rename(title: string): Promise<void> {
    const { threadId } = this.store.state();
    if (threadId === null) return;
    await this.attempt(async () => {
      accepted((await request(updateThreadMutation, { input: { threadId, title } })).updateThread);
    });
  }

  private async deliver(draft: Draft): Promise<void> {
    const { clientId, text: prompt, agentName } = draft;
    try {
      const threadId = this.store.state().threadId ?? (await this.create(prompt));
      const input = { threadId, agentName, prompt, clientId };
      const { sentMessage, generation } = accepted((await request(sendMessageMutation, { input })).sendMessage);
      this.store.dispatch({ type: "sent", clientId, message: sentMessage, generation });
    } catch (error) {
      this.store.dispatch({ type: "draftFailed", clientId, error: errorText(error) });
    }
  }

  /** Creates the thread of a draft; its events are followed before the first message can cause any. */
  private async create(prompt: string): Promise<string> {
    const input = { title: titleOf(prompt), clientId: this.id };
    const { thread } = accepted((await request(createThreadMutation, { input, last: PAGE_SIZE })).createThread);
    if (!thread) throw new Error("The server did not create the thread.");
    this.store.dispatch({ type: "loaded", snapshot: thread });
    if (this.isOpen) {
      this.feed = new ThreadFeed(thread.id, this.store);
      this.feed.follow(thread.cursor);
    }
    return thread.id;
  }

  /** Runs a request whose failure is told in the thread's notice. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    this.store.dispatch({ type: "noticed", notice: null });
    try {
      await work();
    } catch (error) {
      this.store.dispatch({ type: "noticed", notice: errorText(error) });
    }
  }
}

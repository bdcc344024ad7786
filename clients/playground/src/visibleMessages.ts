/** What the reader sees of a thread: saved messages, streams over the ones that are not saved yet, own drafts last. */

import type { UIMessage } from "./model";
import { isSettled, type Draft, type OpenStream, type ThreadState } from "./threadState";

export interface VisibleMessage {
  /** The same before and after the server confirms or saves the message, so that nothing on screen is rebuilt. */
  readonly id: string;
  readonly message: UIMessage;
  readonly live: boolean;
  readonly draft: Draft | null;
}

export function visibleMessages(state: ThreadState): readonly VisibleMessage[] {
  const streams = new Map(state.streams.map((stream) => [stream.uiMessage.key, stream]));
  const saved = new Set(state.messages.map((message) => message.key));
  const onlyStreamed = state.streams.filter((stream) => !saved.has(stream.uiMessage.key));
  const rows = [
    ...state.messages.map((message) => overlay(message, streams.get(message.key))),
    ...onlyStreamed.map((stream) => overlay(stream.uiMessage, stream)),
  ].sort((left, right) => left.message.order - right.message.order || left.message.stepOrder - right.message.stepOrder);
  return [...rows, ...state.drafts.map((draft, index) => draftRow(draft, greatestOrder(rows) + 1 + index, state))];
}

function overlay(message: UIMessage, stream: OpenStream | undefined): VisibleMessage {
  const shown = stream?.uiMessage ?? message;
  return { id: message.clientId ?? message.key, message: shown, live: !isSettled(shown), draft: null };
}

function draftRow(draft: Draft, order: number, state: ThreadState): VisibleMessage {
  const message: UIMessage = {
    id: draft.clientId,
    key: `draft-${draft.clientId}`,
    threadId: state.threadId ?? "",
    order,
    stepOrder: 0,
    role: "USER",
    status: draft.error === null ? "PENDING" : "FAILED",
    text: draft.text,
    parts: [{ __typename: "TextPart", text: draft.text, state: "DONE" }],
    agentName: null,
    userId: null,
    clientId: draft.clientId,
    error: draft.error,
    createdAt: draft.createdAt,
  };
  return { id: draft.clientId, message, live: false, draft };
}

function greatestOrder(rows: readonly VisibleMessage[]): number {
  return rows.reduce((greatest, row) => Math.max(greatest, row.message.order), -1);
}

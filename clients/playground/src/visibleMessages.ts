/**
 * What the reader sees of a thread: saved messages, streams over the ones that are not saved yet, own drafts last.
 * Neighbours that belong to one answer are one message.
 */

import { answerAt, joined, overlaid, savedWins } from "./answers";
import type { UIMessage } from "./model";
import { isSettled, type Draft, type ThreadState } from "./threadState";

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
  const onlyStreamed = state.streams.filter((stream) => {
    const answer = answerAt(state.messages, stream.uiMessage.order, stream.stepOrder);
    return !saved.has(stream.uiMessage.key) && !(answer && savedWins(answer, stream));
  });
  const rows = [
    ...state.messages.map((message) => row(overlaid(message, streams.get(message.key)))),
    ...onlyStreamed.map((stream) => row(stream.uiMessage)),
  ].sort((left, right) => left.message.order - right.message.order || left.message.stepOrder - right.message.stepOrder);
  return [...combined(rows), ...state.drafts.map((draft, index) => draftRow(draft, greatestOrder(rows) + 1 + index, state))];
}

function row(message: UIMessage): VisibleMessage {
  return { id: message.clientId ?? message.key, message, live: !isSettled(message), draft: null };
}

function combined(rows: readonly VisibleMessage[]): readonly VisibleMessage[] {
  const answers: VisibleMessage[] = [];
  for (const next of rows) {
    const last = answers.at(-1);
    const both = last?.message.role === "ASSISTANT" && next.message.role === "ASSISTANT";
    if (!last || !both || last.message.order !== next.message.order) answers.push(next);
    else answers[answers.length - 1] = { ...next, id: last.id, message: joined(last.message, next.message) };
  }
  return answers;
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
    usage: null,
    createdAt: draft.createdAt,
  };
  return { id: draft.clientId, message, live: false, draft };
}

function greatestOrder(rows: readonly VisibleMessage[]): number {
  return rows.reduce((greatest, row) => Math.max(greatest, row.message.order), -1);
}

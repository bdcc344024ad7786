/**
 * What the reader sees of a thread: saved messages, streams over the ones that are not saved yet, own drafts last.
 * Neighbours that belong to one answer are one message. A message that did not change is the same object as before.
 */

import type { MessagePart, UIMessage } from "../model.js";
import { answerAt, joined, overlaid, savedWins } from "./answers.js";
import { isSettled, type Draft, type OpenStream, type ThreadState } from "./state.js";
import { textOf } from "./streamParts.js";

export interface ThreadMessage extends UIMessage {
  /** The same before and after the server confirms or saves the message: what a list on screen uses as its key. */
  readonly viewKey: string;
  /** Not complete yet: it is being written, or waits. */
  readonly isLive: boolean;
  /** Set while the server has not confirmed a message that was sent here. */
  readonly draft: Draft | null;
}

export interface View {
  /** False shows only what is saved. */
  readonly stream?: boolean;
  /** Streams that are shown elsewhere, by a reader of their HTTP response for example. */
  readonly skipStreamIds?: readonly string[];
}

export function visibleMessages(state: ThreadState, view: View = {}): readonly ThreadMessage[] {
  const shown = state.streams.filter((stream) => view.stream !== false && !view.skipStreamIds?.includes(stream.id));
  const rows = combined(placed(state.messages, shown));
  const greatest = rows.at(-1)?.order ?? -1;
  return [...rows, ...state.drafts.map((draft, index) => draftRow(draft, greatest + 1 + index, state.threadId ?? ""))];
}

function placed(messages: readonly UIMessage[], streams: readonly OpenStream[]): readonly ThreadMessage[] {
  if (streams.length === 0) return messages.map(row);
  const byKey = new Map(streams.map((stream) => [stream.uiMessage.key, stream]));
  const saved = new Set(messages.map((message) => message.key));
  const onlyStreamed = streams.filter((stream) => {
    const answer = answerAt(messages, stream.uiMessage.order, stream.stepOrder);
    return !saved.has(stream.uiMessage.key) && !(answer && savedWins(answer, stream));
  });
  const rows = messages.map((message) => row(overlaid(message, byKey.get(message.key))));
  if (onlyStreamed.length === 0) return rows;
  return [...rows, ...onlyStreamed.map((stream) => row(stream.uiMessage))].sort(
    (left, right) => left.order - right.order || left.stepOrder - right.stepOrder,
  );
}

const known = new WeakMap<UIMessage, ThreadMessage>();

function row(message: UIMessage): ThreadMessage {
  const before = known.get(message);
  if (before) return before;
  const parts = shownParts(message.parts);
  const made = { ...message, parts, viewKey: message.clientId ?? message.key, isLive: !isSettled(message), draft: null };
  known.set(message, made);
  return made;
}

/** Steps are told apart where tools are called, as the server does with what it saved. */
function shownParts(parts: readonly MessagePart[]): readonly MessagePart[] {
  const areTold = parts.some((part) => part.__typename === "ToolPart");
  return areTold ? parts : parts.filter((part) => part.__typename !== "StepStartPart");
}

function combined(rows: readonly ThreadMessage[]): readonly ThreadMessage[] {
  const answers: ThreadMessage[] = [];
  for (const next of rows) {
    const last = answers.at(-1);
    const both = last?.role === "ASSISTANT" && next.role === "ASSISTANT" && last.order === next.order;
    if (both) answers[answers.length - 1] = pair(last, next);
    else answers.push(next);
  }
  return answers;
}

const pairs = new WeakMap<ThreadMessage, readonly [ThreadMessage, ThreadMessage]>();

function pair(first: ThreadMessage, last: ThreadMessage): ThreadMessage {
  const before = pairs.get(last);
  if (before?.[0] === first) return before[1];
  const made = { ...joined(first, last), viewKey: first.viewKey, isLive: last.isLive, draft: null };
  pairs.set(last, [first, made]);
  return made;
}

const drafted = new WeakMap<Draft, ThreadMessage>();

function draftRow(draft: Draft, order: number, threadId: string): ThreadMessage {
  const before = drafted.get(draft);
  if (before?.order === order && before.threadId === threadId) return before;
  const parts = draftParts(draft);
  const made: ThreadMessage = {
    id: draft.clientId,
    key: `draft-${draft.clientId}`,
    viewKey: draft.clientId,
    threadId,
    order,
    stepOrder: 0,
    role: "USER",
    status: draft.error === null ? "PENDING" : "FAILED",
    text: textOf(parts),
    parts,
    agentName: null,
    userId: null,
    clientId: draft.clientId,
    metadata: draft.message.metadata ?? null,
    error: draft.error?.message ?? null,
    usage: null,
    createdAt: draft.createdAt,
    isLive: false,
    draft,
  };
  drafted.set(draft, made);
  return made;
}

function draftParts({ message }: Draft): readonly MessagePart[] {
  const content = message.content ?? [{ type: "text", text: message.prompt ?? "" }];
  return content.flatMap((part): MessagePart[] => {
    if (typeof part.text === "string") return [{ __typename: "TextPart", text: part.text, state: "DONE" }];
    const url = part.image ?? part.data ?? part.url;
    if (typeof url !== "string" || !/^(https?|data|blob):/.test(url)) return [];
    const mediaType = typeof part.mediaType === "string" ? part.mediaType : part.type === "image" ? "image/*" : "";
    const filename = typeof part.filename === "string" ? part.filename : null;
    return [{ __typename: "FilePart", mediaType, filename, url }];
  });
}

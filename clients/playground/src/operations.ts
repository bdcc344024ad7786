/** Every GraphQL document this page sends. Fragments are spliced in, so each document is complete. */

import type {
  Agent,
  Generation,
  ThreadEvent,
  ThreadListEvent,
  ThreadPage,
  ThreadSnapshot,
  ThreadSummary,
  UIMessage,
  UserError,
  MessagePage,
} from "./model";

/** A document together with the types of its result and variables. */
export interface Operation<Data, Variables> {
  readonly document: string;
  readonly types?: (variables: Variables) => Data;
}

function operation<Data, Variables>(...parts: string[]): Operation<Data, Variables> {
  return { document: parts.join("\n") };
}

const message = `
fragment Message on UIMessage {
  id key threadId order stepOrder role status text agentName userId clientId error createdAt
  parts { __typename ... on TextPart { text state } ... on ReasoningPart { text state } }
}`;

const summary = `
fragment Summary on Thread { id title status createdAt lastMessageAt }`;

const page = `
fragment Page on UIMessageConnection {
  edges { node { ...Message } }
  pageInfo { hasPreviousPage startCursor }
}`;

const snapshot = `
fragment Snapshot on Thread {
  ...Summary
  cursor
  uiMessages(last: $last) { ...Page }
  streams { id end uiMessage { ...Message } }
  generations(last: 1) { edges { node { ...Run } } }
}`;

const run = `
fragment Run on Generation { id status error }`;

const userErrors = `
fragment Errors on UserError { code errorMessage path }`;

export const agentsQuery = operation<{ agents: Agent[] }, Record<string, never>>(
  "query Agents { agents { name model } }",
);

export const threadsQuery = operation<{ threads: ThreadPage }, { first: number; after: string | null }>(
  `query Threads($first: Int!, $after: String) {
    threads(orderBy: LAST_MESSAGE, first: $first, after: $after) {
      edges { node { ...Summary } }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  summary,
);

export const threadQuery = operation<{ thread: ThreadSnapshot | null }, { id: string; last: number }>(
  "query Thread($id: ID!, $last: Int!) { thread(id: $id) { ...Snapshot } }",
  snapshot,
  summary,
  page,
  message,
  run,
);

export const olderMessagesQuery = operation<
  { thread: { uiMessages: MessagePage } | null },
  { id: string; last: number; before: string | null }
>(
  `query OlderMessages($id: ID!, $last: Int!, $before: String) {
    thread(id: $id) { uiMessages(last: $last, before: $before) { ...Page } }
  }`,
  page,
  message,
);

export const createThreadMutation = operation<
  { createThread: { thread: ThreadSnapshot | null; userErrors: UserError[] } },
  { input: { title: string; clientId: string }; last: number }
>(
  `mutation CreateThread($input: CreateThreadInput!, $last: Int!) {
    createThread(input: $input) { thread { ...Snapshot } userErrors { ...Errors } }
  }`,
  snapshot,
  summary,
  page,
  message,
  run,
  userErrors,
);

export const updateThreadMutation = operation<
  { updateThread: { thread: ThreadSummary | null; userErrors: UserError[] } },
  { input: { threadId: string; title: string } }
>(
  `mutation UpdateThread($input: UpdateThreadInput!) {
    updateThread(input: $input) { thread { ...Summary } userErrors { ...Errors } }
  }`,
  summary,
  userErrors,
);

export const sendMessageMutation = operation<
  { sendMessage: { sentMessage: UIMessage | null; generation: Generation | null; userErrors: UserError[] } },
  { input: { threadId: string; agentName: string; prompt: string; clientId: string } }
>(
  `mutation SendMessage($input: SendMessageInput!) {
    sendMessage(input: $input) { sentMessage { ...Message } generation { ...Run } userErrors { ...Errors } }
  }`,
  message,
  run,
  userErrors,
);

export const startGenerationMutation = operation<
  { startGeneration: { generation: Generation | null; userErrors: UserError[] } },
  { input: { threadId: string; agentName: string; promptMessageId: string; clientId: string } }
>(
  `mutation StartGeneration($input: StartGenerationInput!) {
    startGeneration(input: $input) { generation { ...Run } userErrors { ...Errors } }
  }`,
  run,
  userErrors,
);

export const abortGenerationMutation = operation<
  { abortGeneration: { generation: Generation | null; userErrors: UserError[] } },
  { input: { generationId: string; reason: string } }
>(
  `mutation AbortGeneration($input: AbortGenerationInput!) {
    abortGeneration(input: $input) { generation { ...Run } userErrors { ...Errors } }
  }`,
  run,
  userErrors,
);

export const abortStreamsMutation = operation<
  { abortStreams: { abortedIds: string[]; userErrors: UserError[] } },
  { input: { threadId: string; reason: string } }
>(
  `mutation AbortStreams($input: AbortStreamsInput!) {
    abortStreams(input: $input) { abortedIds userErrors { ...Errors } }
  }`,
  userErrors,
);

export const threadEventsSubscription = operation<
  { threadEvents: ThreadEvent },
  { threadId: string; after: string | null }
>(
  `subscription ThreadEvents($threadId: ID!, $after: String) {
    threadEvents(threadId: $threadId, after: $after) {
      __typename
      ... on MessageSaved { cursor uiMessage { ...Message } }
      ... on MessageRemoved { cursor keys }
      ... on StreamStarted { cursor stream { id end uiMessage { ...Message } } }
      ... on StreamAdvanced { cursor delta { streamId start end parts text } }
      ... on StreamEnded { cursor streamId key state abortReason }
      ... on GenerationChanged { cursor generation { ...Run } }
      ... on ThreadChanged { cursor thread { ...Summary } }
      ... on ThreadDeleted { cursor threadId }
      ... on ResyncRequired { cursor reason }
    }
  }`,
  message,
  summary,
  run,
);

export const threadListEventsSubscription = operation<
  { threadListEvents: ThreadListEvent },
  { userId: null; after: string | null }
>(
  `subscription ThreadListEvents($userId: String, $after: String) {
    threadListEvents(userId: $userId, after: $after) {
      __typename
      ... on ThreadChanged { cursor thread { ...Summary } }
      ... on ThreadDeleted { cursor threadId }
      ... on ResyncRequired { cursor reason }
    }
  }`,
  summary,
);

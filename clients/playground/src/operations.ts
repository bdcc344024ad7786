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
  usage { inputTokens outputTokens totalTokens cachedInputTokens reasoningTokens costMicros }
  parts {
    __typename
    ... on TextPart { text state }
    ... on ReasoningPart { text state }
    ... on ToolPart {
      toolCallId toolName title toolState: state input rawInput output preliminary errorText providerExecuted
      approval { id approved reason isAutomatic decidedBy decidedAt }
    }
    ... on FilePart { mediaType filename url }
    ... on SourceUrlPart { sourceId url title }
    ... on SourceDocumentPart { sourceId mediaType documentTitle: title filename }
    ... on StepStartPart { stepOrder }
    ... on DataPart { name partId data }
  }
}`;

const summary = `
fragment Summary on Thread { id title status createdAt lastMessageAt pendingApprovals { toolCallId } }`;

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
  generations(last: 5) { edges { node { ...Run } } }
}`;

const run = `
fragment Run on Generation { id order status error }`;

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

export const regenerateMutation = operation<
  { regenerate: { generation: Generation | null; userErrors: UserError[] } },
  { input: { messageId: string; agentName: string } }
>(
  `mutation Regenerate($input: RegenerateInput!) {
    regenerate(input: $input) { generation { ...Run } userErrors { ...Errors } }
  }`,
  run,
  userErrors,
);

interface Decision {
  readonly userErrors: readonly UserError[];
}
interface DecisionInput {
  readonly input: { readonly threadId: string; readonly approvalId: string; readonly reason: string | null };
}

export const approveToolCallMutation = operation<{ approveToolCall: Decision }, DecisionInput>(
  `mutation ApproveToolCall($input: ToolDecisionInput!) {
    approveToolCall(input: $input) { userErrors { ...Errors } }
  }`,
  userErrors,
);

export const denyToolCallMutation = operation<{ denyToolCall: Decision }, DecisionInput>(
  `mutation DenyToolCall($input: ToolDecisionInput!) {
    denyToolCall(input: $input) { userErrors { ...Errors } }
  }`,
  userErrors,
);

export const submitToolResultMutation = operation<
  { submitToolResult: Decision },
  { input: { threadId: string; toolCallId: string; output: unknown } }
>(
  `mutation SubmitToolResult($input: SubmitToolResultInput!) {
    submitToolResult(input: $input) { userErrors { ...Errors } }
  }`,
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

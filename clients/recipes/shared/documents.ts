/** The documents of weft-client as Apollo and urql take them, with the types that codegen made of them. */

import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { parse } from "graphql";
import {
  ErrorsFragmentDoc,
  GenerationFragmentDoc,
  MessageFragmentDoc,
  MessagePageFragmentDoc,
  StreamFragmentDoc,
  ThreadDocument,
  ThreadEventsDocument,
  ThreadListEventsDocument,
  ThreadsDocument,
  ThreadSummaryFragmentDoc,
  type AbortGenerationMutationVariables,
  type ApproveToolCallMutationVariables,
  type ErrorsFragment,
  type GenerationFragment,
  type MessageFragment,
  type OlderMessagesQuery,
  type OlderMessagesQueryVariables,
  type SendMessageMutationVariables,
  type TypedDocumentString,
} from "weft-client/operations";

function typed<Data, Variables>(document: TypedDocumentString<Data, Variables>) {
  return parse(document.toString()) as TypedDocumentNode<Data, Variables & Record<string, unknown>>;
}

export const THREAD = typed(ThreadDocument);
export const THREAD_EVENTS = typed(ThreadEventsDocument);
export const THREADS = typed(ThreadsDocument);
export const THREAD_LIST_EVENTS = typed(ThreadListEventsDocument);

export const MESSAGE = typed(MessageFragmentDoc);
export const STREAM = typed(StreamFragmentDoc);
export const GENERATION = typed(GenerationFragmentDoc);
export const SUMMARY = typed(ThreadSummaryFragmentDoc);

// A cache knows whose messages they are by the thread's `id`: without it, it throws away what it has of the thread.
export const OLDER: TypedDocumentNode<OlderMessagesQuery, OlderMessagesQueryVariables> = parse(`
  query OlderMessages($id: ID!, $last: Int!, $before: String) {
    thread(id: $id) { id uiMessages(last: $last, before: $before) { ...MessagePage } }
  }
  ${MessagePageFragmentDoc}
`);

export const CURSOR: TypedDocumentNode<{ readonly id: string; readonly cursor: string }> = parse(
  "fragment Cursor on Thread { id cursor }",
);

export const MESSAGE_EDGE: TypedDocumentNode<{ readonly node: MessageFragment }> = parse(`
  fragment MessageEdge on UIMessageEdge { node { ...Message } }
  ${MessageFragmentDoc}
`);

export const GENERATION_EDGE: TypedDocumentNode<{ readonly node: GenerationFragment }> = parse(`
  fragment GenerationEdge on GenerationEdge { node { ...Generation } }
  ${GenerationFragmentDoc}
`);

interface Refusable {
  readonly userErrors: readonly ErrorsFragment[];
}

interface Sent {
  readonly sendMessage: Refusable & { readonly __typename?: string; readonly sentMessage: MessageFragment | null };
}

// These ask for no generation: the events tell how it goes, and a result that comes late would set it back.
export const SEND: TypedDocumentNode<Sent, SendMessageMutationVariables> = parse(`
  mutation SendMessage($input: SendMessageInput!) {
    sendMessage(input: $input) { sentMessage { ...Message } userErrors { ...Errors } }
  }
  ${MessageFragmentDoc} ${ErrorsFragmentDoc}
`);

export const STOP: TypedDocumentNode<{ readonly abortGeneration: Refusable }, AbortGenerationMutationVariables> =
  parse(`
  mutation Stop($input: AbortGenerationInput!) { abortGeneration(input: $input) { userErrors { ...Errors } } }
  ${ErrorsFragmentDoc}
`);

type Decision = TypedDocumentNode<unknown, ApproveToolCallMutationVariables>;

export const APPROVE: Decision = parse(`
  mutation Approve($input: ToolDecisionInput!) { approveToolCall(input: $input) { userErrors { ...Errors } } }
  ${ErrorsFragmentDoc}
`);

export const DENY: Decision = parse(`
  mutation Deny($input: ToolDecisionInput!) { denyToolCall(input: $input) { userErrors { ...Errors } } }
  ${ErrorsFragmentDoc}
`);

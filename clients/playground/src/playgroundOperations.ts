/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The messages of a thread from a start, inclusive, to an end, exclusive. */
export type DeleteMessageRangeInput = {
  /** The turn to end at: none of it goes, unless `endStepOrder` is given. */
  readonly endOrder: number;
  /** Rows of the turn `endOrder` go up to, but not including, this one. */
  readonly endStepOrder?: number | null | undefined;
  /** The first turn, from 0 on. */
  readonly startOrder: number;
  /** The first row of that turn; absent for all of it. */
  readonly startStepOrder?: number | null | undefined;
  /** The thread. */
  readonly threadId: string;
};

/** Why a mutation did not do what was asked. Programs switch on this, people read the text. */
export type UserErrorCode =
  /** It was stopped before it was done. */
  | 'ABORTED'
  /** Somebody else has decided this before. */
  | 'ALREADY_HANDLED'
  /** What is asked contradicts the present state, for example a `clientId` used otherwise. */
  | 'CONFLICT'
  /** A value is not allowed. `path` leads to it. */
  | 'INVALID'
  /** An id names nothing that the viewer may see. */
  | 'NOT_FOUND'
  /** The model's answer does not fit the schema that was asked for. */
  | 'OBJECT_INVALID'
  /** The model provider refused or failed. */
  | 'PROVIDER_ERROR'
  /** Too much, too often; try again later. */
  | 'RATE_LIMITED'
  /** A value exceeds its limit; the message names the limit. */
  | 'TOO_LARGE'
  /** This agent or model cannot do that. */
  | 'UNSUPPORTED';

export type SessionQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionQuery = { readonly viewer: { readonly userId: string | null, readonly scopes: ReadonlyArray<string> }, readonly serverInfo: { readonly version: string, readonly search: string } };

export type UsersQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type UsersQuery = { readonly users: { readonly edges: ReadonlyArray<{ readonly node: string }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ThreadUsageQueryVariables = Exact<{
  id: string;
}>;


export type ThreadUsageQuery = { readonly thread: { readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly costMicros: number | null } } | null };

export type LastRowOfTurnQueryVariables = Exact<{
  threadId: string;
  messageId: string;
}>;


export type LastRowOfTurnQuery = { readonly thread: { readonly messages: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string } }> } } | null };

export type RatingsQueryVariables = Exact<{
  ids: ReadonlyArray<string> | string;
}>;


export type RatingsQuery = { readonly nodes: ReadonlyArray<
    | { readonly __typename: 'Generation', readonly id: string }
    | { readonly __typename: 'Message', readonly id: string, readonly feedback: { readonly rating: number } | null }
    | { readonly __typename: 'Stream', readonly id: string }
    | { readonly __typename: 'Thread', readonly id: string }
   | null> };

export type DeleteMessageRangeMutationVariables = Exact<{
  input: DeleteMessageRangeInput;
}>;


export type DeleteMessageRangeMutation = { readonly deleteMessageRange: { readonly done: boolean, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const SessionDocument = new TypedDocumentString(`
    query Session {
  viewer {
    userId
    scopes
  }
  serverInfo {
    version
    search
  }
}
    `) as unknown as TypedDocumentString<SessionQuery, SessionQueryVariables>;
export const UsersDocument = new TypedDocumentString(`
    query Users($first: Int!, $after: String) {
  users(first: $first, after: $after) {
    edges {
      node
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<UsersQuery, UsersQueryVariables>;
export const ThreadUsageDocument = new TypedDocumentString(`
    query ThreadUsage($id: ID!) {
  thread(id: $id) {
    usage {
      inputTokens
      outputTokens
      totalTokens
      costMicros
    }
  }
}
    `) as unknown as TypedDocumentString<ThreadUsageQuery, ThreadUsageQueryVariables>;
export const LastRowOfTurnDocument = new TypedDocumentString(`
    query LastRowOfTurn($threadId: ID!, $messageId: ID!) {
  thread(id: $threadId) {
    messages(last: 1, upToAndIncludingMessageId: $messageId, statuses: [SUCCESS]) {
      edges {
        node {
          id
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<LastRowOfTurnQuery, LastRowOfTurnQueryVariables>;
export const RatingsDocument = new TypedDocumentString(`
    query Ratings($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    id
    ... on Message {
      feedback {
        rating
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RatingsQuery, RatingsQueryVariables>;
export const DeleteMessageRangeDocument = new TypedDocumentString(`
    mutation DeleteMessageRange($input: DeleteMessageRangeInput!) {
  deleteMessageRange(input: $input) {
    done
    userErrors {
      code
      errorMessage
      path
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteMessageRangeMutation, DeleteMessageRangeMutationVariables>;
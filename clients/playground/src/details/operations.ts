/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Why a message that was looked at is not sent. */
export type ContextLeftOut =
  /** It does not fit into `maxTokens`, and the others are worth more. */
  | 'BUDGET'
  /** A search found it, and it is a copy of another message that is sent, as a branch holds them. */
  | 'DUPLICATE'
  /** The application's own code took it out. */
  | 'HANDLER'
  /** It is a tool call without its result, or a result without its call: no provider takes them. */
  | 'ORPHAN'
  /** It has nothing but tool calls or results, which are to be left out of earlier turns. */
  | 'TOOL'
  /** Its turn does not fit whole into `recentMessages`. */
  | 'WINDOW';

/** What the model is shown besides the turn that it answers. What is absent the agent decides. */
export type ContextOptionsInput = {
  /** True leaves out tool calls and results of earlier turns, and of what a search finds; the turn being answered keeps its own. */
  readonly excludeToolMessages?: boolean | null | undefined;
  /** The most tokens, by an estimate, that the messages may have together, 1 or more. Left out first are the neighbours of the worst hits, then the worst hits, then the oldest turns; never the prompt, what the call gives, and what there is of the answer. */
  readonly maxTokens?: number | null | undefined;
  /** How many rows before the prompt's turn may be shown, of which only whole turns are; 0, the prompt alone, to 10000. */
  readonly recentMessages?: number | null | undefined;
  /** How older messages are searched that may help with the answer. */
  readonly search?: SearchOptionsInput | null | undefined;
  /** True searches the user's other threads too; only if there is a search. */
  readonly searchOtherThreads?: boolean | null | undefined;
};

/** Something to be answered. Needs `threadId` or `userId`, and what to answer: `prompt`, `messages`, `promptMessageId` or `targetMessageId`; or only `searchText`. */
export type ContextPreviewInput = {
  /** The agent that would answer. */
  readonly agentName: string;
  /** What to change of the agent's options. */
  readonly contextOptions?: ContextOptionsInput | null | undefined;
  /** True adds, after all that would be sent, what was looked at and left out; each with `leftOut`. */
  readonly includeLeftOut?: boolean | null | undefined;
  /** Messages to show before the prompt, at most 1000; without a prompt the last one is answered. */
  readonly messages?: ReadonlyArray<MessageInput> | null | undefined;
  /** What to answer, a user's text of at most 1 MiB. With `promptMessageId` it is shown in that message's place. */
  readonly prompt?: string | null | undefined;
  /** A stored message of the thread to answer. */
  readonly promptMessageId?: string | null | undefined;
  /** What to search for, at most 10,000 characters, where there is a search; absent for the text that is answered. */
  readonly searchText?: string | null | undefined;
  /** As of this message of the thread: as if nothing came after it. With `prompt` or `messages` they are asked after it; without, it is shown what was asked last. */
  readonly targetMessageId?: string | null | undefined;
  /** The thread to answer in: it gives the history. */
  readonly threadId?: string | null | undefined;
  /** Whom the answer would be for; absent for the thread's user. */
  readonly userId?: string | null | undefined;
};

/** Where a message that a model is sent comes from. They are sent in this order, but for those of handlers. */
export type ContextSource =
  /** The application's own code put it there. */
  | 'HANDLER'
  /** The call itself gave it. */
  | 'INPUT'
  /** It is what is answered. */
  | 'PROMPT'
  /** It is one of the newest before the prompt. */
  | 'RECENT'
  /** It is what of the answer there is already. */
  | 'RESPONSE'
  /** A search found it. */
  | 'SEARCH'
  /** It is of the same turn as a message that a search found, or of a turn close to it. */
  | 'SEARCH_NEIGHBOUR';

/** Why a model stopped writing. */
export type FinishReason =
  /** It was told to stop. */
  | 'ABORTED'
  /** The provider's filter cut it off. */
  | 'CONTENT_FILTER'
  /** The provider failed. */
  | 'ERROR'
  /** It reached its limit of output tokens. */
  | 'LENGTH'
  /** The provider gave another reason, or none. */
  | 'OTHER'
  /** It had said everything, or met a stop sequence. */
  | 'STOP'
  /** It waits for the results of its tool calls. */
  | 'TOOL_CALLS';

/** How far a generation is. */
export type GenerationStatus =
  /** It was stopped before its end, see `error` for the reason given. */
  | 'ABORTED'
  /** It was given up, see `error`. */
  | 'FAILED'
  /** It waits for a worker. */
  | 'QUEUED'
  /** A worker has it. */
  | 'RUNNING'
  /** Its answer is complete and saved. */
  | 'SUCCEEDED'
  /** It waits for a person or the client: for approvals, or for results of tools that they answer. */
  | 'WAITING';

/** A message to store: `prompt`, a user's text, or `role` with `content`. */
export type MessageInput = {
  /** Unique within the thread. Saving the same messages again returns the first result: safe to retry. */
  readonly clientId?: string | null | undefined;
  /** Its content in the model-message form: a text, or a list of parts with a `type`, for example `[{"type": "tool-call", "toolCallId": "c1", "toolName": "weather", "input": {"city": "Oslo"}}]`. */
  readonly content?: unknown;
  /** What is known of it besides its content. */
  readonly metadata?: MessageMetadataInput | null | undefined;
  /** A user message of this text. */
  readonly prompt?: string | null | undefined;
  /** Who the message speaks for. */
  readonly role?: MessageRole | null | undefined;
};

/** What is known of a message besides its content. Everything is optional. */
export type MessageMetadataInput = {
  /** The application's own, at most 16 KiB as JSON: `Message.metadata`. */
  readonly custom?: unknown;
  /** Why it failed. */
  readonly error?: string | null | undefined;
  /** Why the model stopped. */
  readonly finishReason?: FinishReason | null | undefined;
  /** The model that wrote it. */
  readonly model?: string | null | undefined;
  /** The provider of that model; "human" for a person who writes as the agent. */
  readonly provider?: string | null | undefined;
  /** What the provider attached to it, by provider name. */
  readonly providerMetadata?: unknown;
  /** The reasoning behind it, in place of that in its content. */
  readonly reasoning?: string | null | undefined;
  /** What it rests on. */
  readonly sources?: unknown;
  /** SUCCESS unless said otherwise. */
  readonly status?: MessageStatus | null | undefined;
  /** Its text, in place of that in its content. */
  readonly text?: string | null | undefined;
  /** Tokens it took, for example `{"inputTokens": 10, "outputTokens": 20}`. */
  readonly usage?: unknown;
  /** What the provider warned of. */
  readonly warnings?: unknown;
};

/** Who a stored row speaks for, in the words of model APIs. */
export type MessageRole =
  /** The model. */
  | 'ASSISTANT'
  /** Instructions. */
  | 'SYSTEM'
  /** Results of tool calls. */
  | 'TOOL'
  /** The person, or the calling program. */
  | 'USER';

/** How far a stored row is. */
export type MessageStatus =
  /** It was aborted or failed; it holds what there was by then. */
  | 'FAILED'
  /** Its place is taken; what it will hold is not known yet. */
  | 'PENDING'
  /** It is complete. */
  | 'SUCCESS';

/** How older messages are searched that may help with the answer. What is absent the agent decides; of a search that it does not have by itself, see the defaults below. */
export type SearchOptionsInput = {
  /** How many turns after each hit come with it, 0 to 50. By itself: 1. */
  readonly after?: number | null | undefined;
  /** How many turns before each hit come with it, 0 to 50. By itself: 2. The hit's own turn always comes. */
  readonly before?: number | null | undefined;
  /** The best so many are shown, 1 to 100, all of them new to the model; 0: no search. */
  readonly limit: number;
  /** Whether messages with words of the prompt are looked for. By itself: true. */
  readonly textSearch?: boolean | null | undefined;
  /** Only messages of like meaning whose `vectorScore` is greater, -1 to 1. By itself: 0. */
  readonly vectorScoreThreshold?: number | null | undefined;
  /** Whether messages of like meaning are looked for. By itself: where the agent has an embedding model. */
  readonly vectorSearch?: boolean | null | undefined;
};

/** Whether a thread is in use. Weft itself treats both alike. */
export type ThreadStatus =
  /** In use. */
  | 'ACTIVE'
  /** Put away by its user. */
  | 'ARCHIVED';

export type ContextItemFragment = { readonly source: ContextSource, readonly messageId: string | null, readonly content: unknown, readonly role: MessageRole, readonly score: number | null, readonly textRank: number | null, readonly vectorRank: number | null, readonly vectorScore: number | null, readonly tokens: number, readonly leftOut: ContextLeftOut | null, readonly message: { readonly id: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly agentName: string | null, readonly createdAt: string } | null };

export type ContextOptionsFragment = { readonly excludeToolMessages: boolean, readonly recentMessages: number, readonly searchOtherThreads: boolean, readonly maxTokens: number | null, readonly search: { readonly limit: number, readonly textSearch: boolean, readonly vectorSearch: boolean, readonly vectorScoreThreshold: number, readonly before: number, readonly after: number } | null };

export type AllUsageFragment = { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly cacheWriteInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null };

export type ContextPreviewQueryVariables = Exact<{
  input: ContextPreviewInput;
}>;


export type ContextPreviewQuery = { readonly contextPreview: ReadonlyArray<{ readonly source: ContextSource, readonly messageId: string | null, readonly content: unknown, readonly role: MessageRole, readonly score: number | null, readonly textRank: number | null, readonly vectorRank: number | null, readonly vectorScore: number | null, readonly tokens: number, readonly leftOut: ContextLeftOut | null, readonly message: { readonly id: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly agentName: string | null, readonly createdAt: string } | null }> };

export type ContextReceiptQueryVariables = Exact<{
  id: string;
}>;


export type ContextReceiptQuery = { readonly generation: { readonly id: string, readonly agentName: string, readonly contextProblems: ReadonlyArray<string>, readonly contextSearchText: string | null, readonly context: ReadonlyArray<{ readonly source: ContextSource, readonly messageId: string | null, readonly content: unknown, readonly role: MessageRole, readonly score: number | null, readonly textRank: number | null, readonly vectorRank: number | null, readonly vectorScore: number | null, readonly tokens: number, readonly leftOut: ContextLeftOut | null, readonly message: { readonly id: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly agentName: string | null, readonly createdAt: string } | null }> } | null };

export type AgentDetailsQueryVariables = Exact<{ [key: string]: never; }>;


export type AgentDetailsQuery = { readonly agents: ReadonlyArray<{ readonly name: string, readonly model: string, readonly embeddingModel: string | null, readonly instructions: string | null, readonly maxSteps: number | null, readonly storageOptions: unknown, readonly contextOptions: { readonly excludeToolMessages: boolean, readonly recentMessages: number, readonly searchOtherThreads: boolean, readonly maxTokens: number | null, readonly search: { readonly limit: number, readonly textSearch: boolean, readonly vectorSearch: boolean, readonly vectorScoreThreshold: number, readonly before: number, readonly after: number } | null }, readonly tools: ReadonlyArray<{ readonly name: string, readonly title: string | null, readonly description: string, readonly inputSchema: unknown, readonly needsApproval: boolean, readonly executes: boolean }> }> };

export type StoredRowsQueryVariables = Exact<{
  threadId: string;
  messageId: string;
}>;


export type StoredRowsQuery = { readonly thread: { readonly messages: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly threadId: string, readonly userId: string | null, readonly clientId: string | null, readonly order: number, readonly stepOrder: number, readonly role: MessageRole, readonly status: MessageStatus, readonly content: unknown, readonly text: string | null, readonly tool: boolean, readonly agentName: string | null, readonly model: string | null, readonly provider: string | null, readonly finishReason: FinishReason | null, readonly error: string | null, readonly reasoning: string | null, readonly sources: unknown, readonly warnings: unknown, readonly providerMetadata: unknown, readonly providerOptions: unknown, readonly metadata: unknown, readonly createdAt: string, readonly updatedAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly cacheWriteInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly feedback: { readonly rating: number, readonly comment: string | null, readonly userId: string | null, readonly createdAt: string } | null } }> } } | null };

export type GenerationPlacesQueryVariables = Exact<{
  threadId: string;
  before?: string | null | undefined;
}>;


export type GenerationPlacesQuery = { readonly thread: { readonly generations: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly order: number } }>, readonly pageInfo: { readonly hasPreviousPage: boolean, readonly startCursor: string | null } } } | null };

export type GenerationDetailsQueryVariables = Exact<{
  id: string;
}>;


export type GenerationDetailsQuery = { readonly generation: { readonly id: string, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null, readonly attempts: number, readonly queuedAt: string, readonly startedAt: string | null, readonly endedAt: string | null, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly cacheWriteInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null }, readonly messages: ReadonlyArray<{ readonly id: string, readonly stepOrder: number, readonly role: MessageRole, readonly model: string | null, readonly provider: string | null, readonly finishReason: FinishReason | null, readonly error: string | null, readonly warnings: unknown, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly cacheWriteInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null }> } | null };

export type ThreadDetailsQueryVariables = Exact<{
  id: string;
}>;


export type ThreadDetailsQuery = { readonly thread: { readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly updatedAt: string, readonly lastMessageAt: string | null, readonly branchedFrom: { readonly threadId: string, readonly order: number, readonly stepOrder: number } | null, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly cacheWriteInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null }, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> } | null };

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
export const ContextItemFragmentDoc = new TypedDocumentString(`
    fragment ContextItem on ContextItem {
  source
  messageId
  content
  role
  score
  textRank
  vectorRank
  vectorScore
  tokens
  leftOut
  message {
    id
    threadId
    order
    stepOrder
    agentName
    createdAt
  }
}
    `, {"fragmentName":"ContextItem"}) as unknown as TypedDocumentString<ContextItemFragment, unknown>;
export const ContextOptionsFragmentDoc = new TypedDocumentString(`
    fragment ContextOptions on ContextOptions {
  excludeToolMessages
  recentMessages
  searchOtherThreads
  maxTokens
  search {
    limit
    textSearch
    vectorSearch
    vectorScoreThreshold
    before
    after
  }
}
    `, {"fragmentName":"ContextOptions"}) as unknown as TypedDocumentString<ContextOptionsFragment, unknown>;
export const AllUsageFragmentDoc = new TypedDocumentString(`
    fragment AllUsage on Usage {
  inputTokens
  outputTokens
  totalTokens
  cachedInputTokens
  cacheWriteInputTokens
  reasoningTokens
  costMicros
}
    `, {"fragmentName":"AllUsage"}) as unknown as TypedDocumentString<AllUsageFragment, unknown>;
export const ContextPreviewDocument = new TypedDocumentString(`
    query ContextPreview($input: ContextPreviewInput!) {
  contextPreview(input: $input) {
    ...ContextItem
  }
}
    fragment ContextItem on ContextItem {
  source
  messageId
  content
  role
  score
  textRank
  vectorRank
  vectorScore
  tokens
  leftOut
  message {
    id
    threadId
    order
    stepOrder
    agentName
    createdAt
  }
}`) as unknown as TypedDocumentString<ContextPreviewQuery, ContextPreviewQueryVariables>;
export const ContextReceiptDocument = new TypedDocumentString(`
    query ContextReceipt($id: ID!) {
  generation(id: $id) {
    id
    agentName
    contextProblems
    contextSearchText
    context(includeLeftOut: true) {
      ...ContextItem
    }
  }
}
    fragment ContextItem on ContextItem {
  source
  messageId
  content
  role
  score
  textRank
  vectorRank
  vectorScore
  tokens
  leftOut
  message {
    id
    threadId
    order
    stepOrder
    agentName
    createdAt
  }
}`) as unknown as TypedDocumentString<ContextReceiptQuery, ContextReceiptQueryVariables>;
export const AgentDetailsDocument = new TypedDocumentString(`
    query AgentDetails {
  agents {
    name
    model
    embeddingModel
    instructions
    maxSteps
    storageOptions
    contextOptions {
      ...ContextOptions
    }
    tools {
      name
      title
      description
      inputSchema
      needsApproval
      executes
    }
  }
}
    fragment ContextOptions on ContextOptions {
  excludeToolMessages
  recentMessages
  searchOtherThreads
  maxTokens
  search {
    limit
    textSearch
    vectorSearch
    vectorScoreThreshold
    before
    after
  }
}`) as unknown as TypedDocumentString<AgentDetailsQuery, AgentDetailsQueryVariables>;
export const StoredRowsDocument = new TypedDocumentString(`
    query StoredRows($threadId: ID!, $messageId: ID!) {
  thread(id: $threadId) {
    messages(last: 100, upToAndIncludingMessageId: $messageId) {
      edges {
        node {
          id
          threadId
          userId
          clientId
          order
          stepOrder
          role
          status
          content
          text
          tool
          agentName
          model
          provider
          finishReason
          error
          reasoning
          usage {
            ...AllUsage
          }
          sources
          warnings
          providerMetadata
          providerOptions
          metadata
          feedback {
            rating
            comment
            userId
            createdAt
          }
          createdAt
          updatedAt
        }
      }
    }
  }
}
    fragment AllUsage on Usage {
  inputTokens
  outputTokens
  totalTokens
  cachedInputTokens
  cacheWriteInputTokens
  reasoningTokens
  costMicros
}`) as unknown as TypedDocumentString<StoredRowsQuery, StoredRowsQueryVariables>;
export const GenerationPlacesDocument = new TypedDocumentString(`
    query GenerationPlaces($threadId: ID!, $before: String) {
  thread(id: $threadId) {
    generations(last: 100, before: $before) {
      edges {
        node {
          id
          order
        }
      }
      pageInfo {
        hasPreviousPage
        startCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<GenerationPlacesQuery, GenerationPlacesQueryVariables>;
export const GenerationDetailsDocument = new TypedDocumentString(`
    query GenerationDetails($id: ID!) {
  generation(id: $id) {
    id
    agentName
    status
    error
    attempts
    queuedAt
    startedAt
    endedAt
    usage {
      ...AllUsage
    }
    messages {
      id
      stepOrder
      role
      model
      provider
      finishReason
      error
      warnings
      usage {
        ...AllUsage
      }
    }
  }
}
    fragment AllUsage on Usage {
  inputTokens
  outputTokens
  totalTokens
  cachedInputTokens
  cacheWriteInputTokens
  reasoningTokens
  costMicros
}`) as unknown as TypedDocumentString<GenerationDetailsQuery, GenerationDetailsQueryVariables>;
export const ThreadDetailsDocument = new TypedDocumentString(`
    query ThreadDetails($id: ID!) {
  thread(id: $id) {
    id
    userId
    title
    summary
    status
    metadata
    createdAt
    updatedAt
    lastMessageAt
    branchedFrom {
      threadId
      order
      stepOrder
    }
    usage {
      ...AllUsage
    }
    pendingApprovals {
      toolCallId
    }
  }
}
    fragment AllUsage on Usage {
  inputTokens
  outputTokens
  totalTokens
  cachedInputTokens
  cacheWriteInputTokens
  reasoningTokens
  costMicros
}`) as unknown as TypedDocumentString<ThreadDetailsQuery, ThreadDetailsQueryVariables>;
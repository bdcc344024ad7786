/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from "@graphql-typed-document-node/core";
/** Stops a generation. */
export type AbortGenerationInput = {
  /** The generation to stop. One that has ended stays as it is. */
  readonly generationId: string;
  /** Stored as its error and shown to readers. */
  readonly reason?: string | null | undefined;
};

/** Stops what is being written in a thread: one stream, one turn, or everything. */
export type AbortStreamsInput = {
  /** Only streams of the turn with this number. */
  readonly order?: number | null | undefined;
  /** Stored as the `abortReason` and shown to readers. */
  readonly reason?: string | null | undefined;
  /** Only this stream. */
  readonly streamId?: string | null | undefined;
  /** The thread. */
  readonly threadId: string;
};

/** A new thread that begins with another one's history. */
export type BranchThreadInput = {
  /** The thread to copy. It stays as it is. */
  readonly threadId: string;
  /** The new thread's title; absent or null for the original's. */
  readonly title?: string | null | undefined;
  /** The last stored row to copy, a complete one; absent for all that are complete. Rows of its turn that come after it are not copied. */
  readonly upToAndIncludingMessageId?: string | null | undefined;
};

/** Where the text of a stream is cut: a delta never ends within such a piece, unless the answer does. */
export type Chunking =
  /** Anywhere. */
  | 'CHARACTER'
  /** Behind lines. */
  | 'LINE'
  /** Behind words. */
  | 'WORD';

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

/** A new thread. */
export type CreateThreadInput = {
  /** The caller's own id for it. Sending the same one again returns the first thread: safe to retry. */
  readonly clientId?: string | null | undefined;
  /** Free for the application; at most 16 KiB as JSON. */
  readonly metadata?: unknown;
  /** What it is about. */
  readonly summary?: string | null | undefined;
  /** What a list of threads calls it. */
  readonly title?: string | null | undefined;
  /** Its owner, as the application names users; absent for the viewer, null for an anonymous thread. */
  readonly userId?: string | null | undefined;
};

/** The messages to delete. */
export type DeleteMessagesInput = {
  /** Up to 1,000 ids of stored rows, of any threads. Ids that name nothing are skipped. */
  readonly messageIds: ReadonlyArray<string>;
};

/** The thread to delete. */
export type DeleteThreadInput = {
  /** The thread. One that is not there, or not any more, is no error. */
  readonly threadId: string;
};

/** What to change for one answer. Everything is optional; what is absent the agent decides. A viewer with the scope `user` alone may ask for less than the agent's own, and for another model, other instructions or more only where the agent lets users: else it is FORBIDDEN. */
export type GenerationOptionsInput = {
  /** Where the text of the stream is cut; absent for WORD. */
  readonly chunking?: Chunking | null | undefined;
  /** What the model is shown besides the turn that it answers. */
  readonly contextOptions?: ContextOptionsInput | null | undefined;
  /** The system prompt, in place of the agent's own. */
  readonly instructions?: string | null | undefined;
  /** The answer is cut off after so many tokens; 1 or more. */
  readonly maxOutputTokens?: number | null | undefined;
  /** How often to repeat a call that failed before its first token; 0 to 10. */
  readonly maxRetries?: number | null | undefined;
  /** How many model calls the answer may take, 1 to 100. */
  readonly maxSteps?: number | null | undefined;
  /** The model to ask, for example `anthropic:claude-sonnet-4-5`, or `demo`. */
  readonly model?: string | null | undefined;
  /** Settings by provider name, for example `{"openai": {"reasoning": {"effort": "low"}}}`. */
  readonly providerOptions?: unknown;
  /** Which of the messages given are stored: for `generateText` and `generateObject`. */
  readonly saveMessages?: SaveMode | null | undefined;
  /** Makes an answer repeatable, as far as the provider can. */
  readonly seed?: number | null | undefined;
  /** The model stops before it would write one of these; none may be empty. */
  readonly stopSequences?: ReadonlyArray<string> | null | undefined;
  /** False: nothing is shown before it is complete; no deltas are stored. */
  readonly stream?: boolean | null | undefined;
  /** 0, nearly always the same answer, to 2, surprising ones. */
  readonly temperature?: number | null | undefined;
  /** Milliseconds between stored deltas, 0 to 10000. Fewer, larger ones cost less. */
  readonly throttleMs?: number | null | undefined;
  /** `auto`: the model may call tools; `none`: it may not; `required`: it must; or the name of the tool that it must call. */
  readonly toolChoice?: string | null | undefined;
  /** Only these of the agent's tools, by name; an empty list for none. */
  readonly tools?: ReadonlyArray<string> | null | undefined;
  /** Only the likeliest tokens with this share of the probability are drawn; 0 to 1. */
  readonly topP?: number | null | undefined;
};

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

/** Whether a part still grows. */
export type PartState =
  /** It is complete, or writing it has stopped. */
  | 'DONE'
  /** More of it is being written. */
  | 'STREAMING';

/** What a person thinks of a message. */
export type RateMessageInput = {
  /** Why, at most 2,000 characters. */
  readonly comment?: string | null | undefined;
  /** The message to rate. */
  readonly messageId: string;
  /** -1, 0 or 1; null takes the rating back. */
  readonly rating?: number | null | undefined;
};

/** Answers a stored user message again, in place of the answer it has. */
export type RegenerateInput = {
  /** The agent that answers; absent for the one that did before. */
  readonly agentName?: string | null | undefined;
  /** The user message, or any row of its answer. The answer's rows are removed. */
  readonly messageId: string;
  /** What to change for this answer. */
  readonly options?: GenerationOptionsInput | null | undefined;
  /** Replaces the user message's content with this text, at most 1 MiB, first. */
  readonly prompt?: string | null | undefined;
};

/** Which of the messages that a call gives are stored. With `promptMessageId` none of them is. */
export type SaveMode =
  /** All of them, and the answer. */
  | 'ALL'
  /** None, and no answer either: the thread is only read. */
  | 'NONE'
  /** The prompt, or without one the last message given, and the answer. */
  | 'PROMPT_AND_OUTPUT';

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

/** A user message, and usually the wish for an answer. */
export type SendMessageInput = {
  /** The agent that answers; may be absent if the server has just one. */
  readonly agentName?: string | null | undefined;
  /** Unique within the thread. Sending the same one again returns the first result and stores nothing: safe to retry for days. */
  readonly clientId?: string | null | undefined;
  /** Content parts, instead of `prompt`: a list of objects with `type` text, image or file, for example `[{"type": "image", "image": "https://…"}]`. */
  readonly content?: unknown;
  /** False only saves the message; `startGeneration` can answer it later. */
  readonly generate?: boolean | null | undefined;
  /** The application's own, at most 16 KiB as JSON: `UIMessage.metadata`. */
  readonly metadata?: unknown;
  /** What to change for this answer. */
  readonly options?: GenerationOptionsInput | null | undefined;
  /** The message as plain text, at most 1 MiB. Give this or `content`. */
  readonly prompt?: string | null | undefined;
  /** The thread to write to. */
  readonly threadId: string;
};

/** How far a stream is. */
export type StreamState =
  /** It was stopped before its end, see `abortReason`. */
  | 'ABORTED'
  /** Its message is saved. */
  | 'FINISHED'
  /** It is being written. */
  | 'STREAMING';

/** The result of a tool call that a person or the client answers. */
export type SubmitToolResultInput = {
  /** Who answered; the viewer's `userId` if absent. Stored with the result. */
  readonly answeredBy?: string | null | undefined;
  /** Whether the generation goes on by itself once nothing of the step waits any more. */
  readonly continueGeneration?: boolean | null | undefined;
  /** Why nothing came of it; the model is told. */
  readonly errorText?: string | null | undefined;
  /** What came of it, at most 1 MiB as JSON. Excludes `errorText`; one of them is needed. */
  readonly output?: unknown;
  /** The thread of the call. */
  readonly threadId: string;
  /** The call. One that was answered before is `ALREADY_HANDLED`. */
  readonly toolCallId: string;
};

/** Narrows a list of threads. Everything given must hold. */
export type ThreadFilter = {
  /** True: only threads without an owner. False is as good as absent. */
  readonly anonymous?: boolean | null | undefined;
  /** Only threads with this status. */
  readonly status?: ThreadStatus | null | undefined;
  /** Words of the title: only threads whose title has every one of them, whole, in any case and order. */
  readonly title?: string | null | undefined;
  /** Only this user's threads. Excludes `anonymous`. */
  readonly userId?: string | null | undefined;
};

/** How threads are sorted. The newest always comes first. */
export type ThreadOrder =
  /** By the time they were created. */
  | 'CREATED'
  /** By the time of their last message; those without one by the time they were created. */
  | 'LAST_MESSAGE';

/** Whether a thread is in use. Weft itself treats both alike. */
export type ThreadStatus =
  /** In use. */
  | 'ACTIVE'
  /** Put away by its user. */
  | 'ARCHIVED';

/** A decision whether a tool call may run. */
export type ToolDecisionInput = {
  /** The question that is answered: `approval.id` of the call. One that was answered before is `ALREADY_HANDLED`. */
  readonly approvalId: string;
  /** Whether the generation goes on by itself once nothing of the step waits any more. */
  readonly continueGeneration?: boolean | null | undefined;
  /** Why. The model is told it if the call is denied. */
  readonly reason?: string | null | undefined;
  /** The thread of the call. */
  readonly threadId: string;
};

/** How far a tool call is. */
export type ToolState =
  /** It waits for a person to allow it, see `approval`. */
  | 'APPROVAL_REQUESTED'
  /** A person has decided; it has not run yet. */
  | 'APPROVAL_RESPONDED'
  /** Its input is complete; the tool runs, or is about to. */
  | 'INPUT_AVAILABLE'
  /** The model is writing its input; `rawInput` is what there is of it. */
  | 'INPUT_STREAMING'
  /** It has a result. While that is `preliminary`, it is not the last one. */
  | 'OUTPUT_AVAILABLE'
  /** It was not allowed and has not run, see `approval`. */
  | 'OUTPUT_DENIED'
  /** It failed, see `errorText`. */
  | 'OUTPUT_ERROR';

/** Whose message it is. */
export type UiMessageRole =
  /** The agent's. */
  | 'ASSISTANT'
  /** Instructions stored in the thread. */
  | 'SYSTEM'
  /** The person's, or the calling program's. */
  | 'USER';

/** How far a message is. */
export type UiMessageStatus =
  /** It was aborted or failed, see `error`; `parts` is what had been written. */
  | 'FAILED'
  /** Its place is taken and an answer is on its way, but nothing of it has been written. */
  | 'PENDING'
  /** It is being written; `parts` is what there is so far. */
  | 'STREAMING'
  /** It is complete and saved. */
  | 'SUCCESS';

/** Changes a thread. What is absent stays; an explicit null clears. */
export type UpdateThreadInput = {
  /** Replaces the metadata whole, at most 16 KiB as JSON; null clears it. */
  readonly metadata?: unknown;
  /** The new status; null is not allowed. */
  readonly status?: ThreadStatus | null | undefined;
  /** The new summary; null for none. */
  readonly summary?: string | null | undefined;
  /** The thread to change. */
  readonly threadId: string;
  /** The new title; null for none. */
  readonly title?: string | null | undefined;
  /** The new owner; null makes the thread anonymous. */
  readonly userId?: string | null | undefined;
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

export type DecisionFragment = { readonly stillPending: number, readonly generation: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } | null, readonly userErrors: ReadonlyArray<
    | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
  > };

export type ApproveToolCallMutationVariables = Exact<{
  input: ToolDecisionInput;
}>;


export type ApproveToolCallMutation = { readonly approveToolCall: { readonly stillPending: number, readonly generation: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type DenyToolCallMutationVariables = Exact<{
  input: ToolDecisionInput;
}>;


export type DenyToolCallMutation = { readonly denyToolCall: { readonly stillPending: number, readonly generation: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type SubmitToolResultMutationVariables = Exact<{
  input: SubmitToolResultInput;
}>;


export type SubmitToolResultMutation = { readonly submitToolResult: { readonly stillPending: number, readonly generation: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type MessageFragment = { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
    | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
    | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
    | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
    | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
    | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
    | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
    | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
    | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
  > };

export type UsageFragment = { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null };

type Part_DataPart_Fragment = { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown };

type Part_FilePart_Fragment = { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string };

type Part_ReasoningPart_Fragment = { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState };

type Part_SourceDocumentPart_Fragment = { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string };

type Part_SourceUrlPart_Fragment = { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null };

type Part_StepStartPart_Fragment = { readonly __typename: 'StepStartPart', readonly stepOrder: number };

type Part_TextPart_Fragment = { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState };

type Part_ToolPart_Fragment = { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null };

export type PartFragment =
  | Part_DataPart_Fragment
  | Part_FilePart_Fragment
  | Part_ReasoningPart_Fragment
  | Part_SourceDocumentPart_Fragment
  | Part_SourceUrlPart_Fragment
  | Part_StepStartPart_Fragment
  | Part_TextPart_Fragment
  | Part_ToolPart_Fragment
;

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { readonly sendMessage: { readonly sentMessage: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
        | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
        | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
        | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
        | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
        | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
        | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
        | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
        | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
      > } | null, readonly generation: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type RegenerateMutationVariables = Exact<{
  input: RegenerateInput;
}>;


export type RegenerateMutation = { readonly regenerate: { readonly generation: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type RateMessageMutationVariables = Exact<{
  input: RateMessageInput;
}>;


export type RateMessageMutation = { readonly rateMessage: { readonly savedMessage: { readonly id: string, readonly feedback: { readonly rating: number, readonly comment: string | null } | null } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type DeleteMessagesMutationVariables = Exact<{
  input: DeleteMessagesInput;
}>;


export type DeleteMessagesMutation = { readonly deleteMessages: { readonly deletedIds: ReadonlyArray<string>, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type AbortGenerationMutationVariables = Exact<{
  input: AbortGenerationInput;
}>;


export type AbortGenerationMutation = { readonly abortGeneration: { readonly generation: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type AbortStreamsMutationVariables = Exact<{
  input: AbortStreamsInput;
}>;


export type AbortStreamsMutation = { readonly abortStreams: { readonly abortedIds: ReadonlyArray<string>, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

type Errors_GenerationError_Fragment = { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null };

type Errors_InputError_Fragment = { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null };

type Errors_RateLimitError_Fragment = { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null };

export type ErrorsFragment =
  | Errors_GenerationError_Fragment
  | Errors_InputError_Fragment
  | Errors_RateLimitError_Fragment
;

export type AgentsQueryVariables = Exact<{ [key: string]: never; }>;


export type AgentsQuery = { readonly agents: ReadonlyArray<{ readonly name: string, readonly model: string }> };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly userId: string | null, readonly scopes: ReadonlyArray<string> } };

export type ThreadSummaryFragment = { readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> };

export type MessagePageFragment = { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
        | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
        | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
        | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
        | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
        | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
        | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
        | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
        | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
      > } }>, readonly pageInfo: { readonly hasPreviousPage: boolean, readonly startCursor: string | null } };

export type StreamFragment = { readonly id: string, readonly end: number, readonly uiMessage: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
      | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
      | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
      | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
      | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
      | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
      | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
      | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
      | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
    > } };

export type GenerationFragment = { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null };

export type ThreadSnapshotFragment = { readonly cursor: string, readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly uiMessages: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
          | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
          | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
          | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
          | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
          | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
          | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
          | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
          | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
        > } }>, readonly pageInfo: { readonly hasPreviousPage: boolean, readonly startCursor: string | null } }, readonly streams: ReadonlyArray<{ readonly id: string, readonly end: number, readonly uiMessage: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
        | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
        | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
        | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
        | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
        | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
        | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
        | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
        | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
      > } }>, readonly generations: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } }> }, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> };

export type ThreadQueryVariables = Exact<{
  id: string;
  last: number;
}>;


export type ThreadQuery = { readonly thread: { readonly cursor: string, readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly uiMessages: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
            | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
            | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
            | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
            | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
            | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
            | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
            | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
            | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
          > } }>, readonly pageInfo: { readonly hasPreviousPage: boolean, readonly startCursor: string | null } }, readonly streams: ReadonlyArray<{ readonly id: string, readonly end: number, readonly uiMessage: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
          | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
          | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
          | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
          | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
          | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
          | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
          | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
          | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
        > } }>, readonly generations: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } }> }, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> } | null };

export type OlderMessagesQueryVariables = Exact<{
  id: string;
  last: number;
  before?: string | null | undefined;
}>;


export type OlderMessagesQuery = { readonly thread: { readonly uiMessages: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
            | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
            | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
            | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
            | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
            | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
            | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
            | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
            | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
          > } }>, readonly pageInfo: { readonly hasPreviousPage: boolean, readonly startCursor: string | null } } } | null };

export type ThreadEventsSubscriptionVariables = Exact<{
  threadId: string;
  after?: string | null | undefined;
}>;


export type ThreadEventsSubscription = { readonly threadEvents:
    | { readonly __typename: 'GenerationChanged', readonly cursor: string, readonly generation: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } }
    | { readonly __typename: 'MessageRemoved', readonly cursor: string, readonly keys: ReadonlyArray<string> }
    | { readonly __typename: 'MessageSaved', readonly cursor: string, readonly uiMessage: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
          | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
          | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
          | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
          | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
          | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
          | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
          | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
          | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
        > } }
    | { readonly __typename: 'ResyncRequired', readonly cursor: string, readonly reason: string }
    | { readonly __typename: 'StreamAdvanced', readonly cursor: string, readonly delta: { readonly streamId: string, readonly start: number, readonly end: number, readonly parts: ReadonlyArray<unknown> } }
    | { readonly __typename: 'StreamEnded', readonly cursor: string, readonly streamId: string, readonly key: string, readonly state: StreamState, readonly abortReason: string | null }
    | { readonly __typename: 'StreamStarted', readonly cursor: string, readonly stream: { readonly id: string, readonly end: number, readonly uiMessage: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
            | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
            | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
            | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
            | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
            | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
            | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
            | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
            | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
          > } } }
    | { readonly __typename: 'ThreadChanged', readonly cursor: string, readonly thread: { readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> } }
    | { readonly __typename: 'ThreadDeleted', readonly cursor: string, readonly threadId: string }
   };

export type CreateThreadMutationVariables = Exact<{
  input: CreateThreadInput;
  last: number;
}>;


export type CreateThreadMutation = { readonly createThread: { readonly thread: { readonly cursor: string, readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly uiMessages: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
              | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
              | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
              | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
              | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
              | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
              | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
              | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
              | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
            > } }>, readonly pageInfo: { readonly hasPreviousPage: boolean, readonly startCursor: string | null } }, readonly streams: ReadonlyArray<{ readonly id: string, readonly end: number, readonly uiMessage: { readonly id: string, readonly key: string, readonly threadId: string, readonly order: number, readonly stepOrder: number, readonly role: UiMessageRole, readonly status: UiMessageStatus, readonly text: string, readonly agentName: string | null, readonly userId: string | null, readonly clientId: string | null, readonly metadata: unknown, readonly error: string | null, readonly createdAt: string, readonly usage: { readonly inputTokens: number, readonly outputTokens: number, readonly totalTokens: number, readonly cachedInputTokens: number, readonly reasoningTokens: number, readonly costMicros: number | null } | null, readonly parts: ReadonlyArray<
            | { readonly __typename: 'DataPart', readonly name: string, readonly partId: string | null, readonly data: unknown }
            | { readonly __typename: 'FilePart', readonly mediaType: string, readonly filename: string | null, readonly url: string }
            | { readonly __typename: 'ReasoningPart', readonly text: string, readonly state: PartState }
            | { readonly __typename: 'SourceDocumentPart', readonly sourceId: string, readonly mediaType: string, readonly filename: string | null, readonly documentTitle: string }
            | { readonly __typename: 'SourceUrlPart', readonly sourceId: string, readonly url: string, readonly title: string | null }
            | { readonly __typename: 'StepStartPart', readonly stepOrder: number }
            | { readonly __typename: 'TextPart', readonly text: string, readonly state: PartState }
            | { readonly __typename: 'ToolPart', readonly toolCallId: string, readonly toolName: string, readonly title: string | null, readonly dynamic: boolean, readonly input: unknown, readonly rawInput: string | null, readonly output: unknown, readonly preliminary: boolean, readonly errorText: string | null, readonly providerExecuted: boolean, readonly toolState: ToolState, readonly approval: { readonly id: string, readonly approved: boolean | null, readonly reason: string | null, readonly isAutomatic: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null } | null }
          > } }>, readonly generations: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly order: number, readonly agentName: string, readonly status: GenerationStatus, readonly error: string | null } }> }, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type UpdateThreadMutationVariables = Exact<{
  input: UpdateThreadInput;
}>;


export type UpdateThreadMutation = { readonly updateThread: { readonly thread: { readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type DeleteThreadMutationVariables = Exact<{
  input: DeleteThreadInput;
}>;


export type DeleteThreadMutation = { readonly deleteThread: { readonly done: boolean, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type BranchThreadMutationVariables = Exact<{
  input: BranchThreadInput;
}>;


export type BranchThreadMutation = { readonly branchThread: { readonly thread: { readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> } | null, readonly userErrors: ReadonlyArray<
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
      | { readonly retryAt: string, readonly code: UserErrorCode, readonly errorMessage: string, readonly path: ReadonlyArray<string> | null }
    > } };

export type ThreadsQueryVariables = Exact<{
  filter?: ThreadFilter | null | undefined;
  orderBy: ThreadOrder;
  first: number;
  after?: string | null | undefined;
}>;


export type ThreadsQuery = { readonly threads: { readonly cursor: string, readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ThreadPageFragment = { readonly cursor: string, readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } };

export type ThreadListEventsSubscriptionVariables = Exact<{
  userId?: string | null | undefined;
  everyone?: boolean;
  after?: string | null | undefined;
}>;


export type ThreadListEventsSubscription = { readonly threadListEvents:
    | { readonly __typename: 'ResyncRequired', readonly cursor: string, readonly reason: string }
    | { readonly __typename: 'ThreadChanged', readonly cursor: string, readonly thread: { readonly id: string, readonly userId: string | null, readonly title: string | null, readonly summary: string | null, readonly status: ThreadStatus, readonly metadata: unknown, readonly createdAt: string, readonly lastMessageAt: string | null, readonly pendingApprovals: ReadonlyArray<{ readonly toolCallId: string }> } }
    | { readonly __typename: 'ThreadDeleted', readonly cursor: string, readonly threadId: string }
   };


/** An operation as text, which knows the types of its result and of its variables. */
export class TypedDocumentString<Data, Variables> implements DocumentTypeDecoration<Data, Variables> {
  declare readonly __apiType?: NonNullable<DocumentTypeDecoration<Data, Variables>["__apiType"]>;

  constructor(private readonly value: string) {}

  toString(): string {
    return this.value;
  }
}

const Decision = "fragment Decision on ToolDecisionPayload{stillPending generation{...Generation}userErrors{...Errors}}";
const Message = "fragment Message on UIMessage{id key threadId order stepOrder role status text agentName userId clientId metadata error createdAt usage{...Usage}parts{...Part}}";
const Usage = "fragment Usage on Usage{inputTokens outputTokens totalTokens cachedInputTokens reasoningTokens costMicros}";
const Part = "fragment Part on UIMessagePart{__typename ...on TextPart{text state}...on ReasoningPart{text state}...on ToolPart{toolCallId toolName title dynamic toolState:state input rawInput output preliminary errorText providerExecuted approval{id approved reason isAutomatic decidedBy decidedAt}}...on FilePart{mediaType filename url}...on SourceUrlPart{sourceId url title}...on SourceDocumentPart{sourceId mediaType documentTitle:title filename}...on StepStartPart{stepOrder}...on DataPart{name partId data}}";
const Errors = "fragment Errors on UserError{code errorMessage path ...on RateLimitError{retryAt}}";
const ThreadSummary = "fragment ThreadSummary on Thread{id userId title summary status metadata createdAt lastMessageAt pendingApprovals{toolCallId}}";
const MessagePage = "fragment MessagePage on UIMessageConnection{edges{node{...Message}}pageInfo{hasPreviousPage startCursor}}";
const Stream = "fragment Stream on Stream{id end uiMessage{...Message}}";
const Generation = "fragment Generation on Generation{id order agentName status error}";
const ThreadSnapshot = "fragment ThreadSnapshot on Thread{...ThreadSummary cursor uiMessages(last:$last){...MessagePage}streams{...Stream}generations(last:5){edges{node{...Generation}}}}";
const ThreadPage = "fragment ThreadPage on ThreadConnection{edges{node{...ThreadSummary}}pageInfo{hasNextPage endCursor}cursor}";
export const DecisionFragmentDoc = /* @__PURE__ */ new TypedDocumentString<DecisionFragment, unknown>(Decision + Generation + Errors);
export const MessageFragmentDoc = /* @__PURE__ */ new TypedDocumentString<MessageFragment, unknown>(Message + Usage + Part);
export const UsageFragmentDoc = /* @__PURE__ */ new TypedDocumentString<UsageFragment, unknown>(Usage);
export const PartFragmentDoc = /* @__PURE__ */ new TypedDocumentString<PartFragment, unknown>(Part);
export const ErrorsFragmentDoc = /* @__PURE__ */ new TypedDocumentString<ErrorsFragment, unknown>(Errors);
export const ThreadSummaryFragmentDoc = /* @__PURE__ */ new TypedDocumentString<ThreadSummaryFragment, unknown>(ThreadSummary);
export const MessagePageFragmentDoc = /* @__PURE__ */ new TypedDocumentString<MessagePageFragment, unknown>(MessagePage + Message + Usage + Part);
export const StreamFragmentDoc = /* @__PURE__ */ new TypedDocumentString<StreamFragment, unknown>(Stream + Message + Usage + Part);
export const GenerationFragmentDoc = /* @__PURE__ */ new TypedDocumentString<GenerationFragment, unknown>(Generation);
export const ThreadSnapshotFragmentDoc = /* @__PURE__ */ new TypedDocumentString<ThreadSnapshotFragment, unknown>(ThreadSnapshot + ThreadSummary + MessagePage + Message + Usage + Part + Stream + Generation);
export const ThreadPageFragmentDoc = /* @__PURE__ */ new TypedDocumentString<ThreadPageFragment, unknown>(ThreadPage + ThreadSummary);
export const ApproveToolCallDocument = /* @__PURE__ */ new TypedDocumentString<ApproveToolCallMutation, ApproveToolCallMutationVariables>("mutation ApproveToolCall($input:ToolDecisionInput!){approveToolCall(input:$input){...Decision}}" + Decision + Generation + Errors);
export const DenyToolCallDocument = /* @__PURE__ */ new TypedDocumentString<DenyToolCallMutation, DenyToolCallMutationVariables>("mutation DenyToolCall($input:ToolDecisionInput!){denyToolCall(input:$input){...Decision}}" + Decision + Generation + Errors);
export const SubmitToolResultDocument = /* @__PURE__ */ new TypedDocumentString<SubmitToolResultMutation, SubmitToolResultMutationVariables>("mutation SubmitToolResult($input:SubmitToolResultInput!){submitToolResult(input:$input){...Decision}}" + Decision + Generation + Errors);
export const SendMessageDocument = /* @__PURE__ */ new TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>("mutation SendMessage($input:SendMessageInput!){sendMessage(input:$input){sentMessage{...Message}generation{...Generation}userErrors{...Errors}}}" + Message + Usage + Part + Generation + Errors);
export const RegenerateDocument = /* @__PURE__ */ new TypedDocumentString<RegenerateMutation, RegenerateMutationVariables>("mutation Regenerate($input:RegenerateInput!){regenerate(input:$input){generation{...Generation}userErrors{...Errors}}}" + Generation + Errors);
export const RateMessageDocument = /* @__PURE__ */ new TypedDocumentString<RateMessageMutation, RateMessageMutationVariables>("mutation RateMessage($input:RateMessageInput!){rateMessage(input:$input){savedMessage{id feedback{rating comment}}userErrors{...Errors}}}" + Errors);
export const DeleteMessagesDocument = /* @__PURE__ */ new TypedDocumentString<DeleteMessagesMutation, DeleteMessagesMutationVariables>("mutation DeleteMessages($input:DeleteMessagesInput!){deleteMessages(input:$input){deletedIds userErrors{...Errors}}}" + Errors);
export const AbortGenerationDocument = /* @__PURE__ */ new TypedDocumentString<AbortGenerationMutation, AbortGenerationMutationVariables>("mutation AbortGeneration($input:AbortGenerationInput!){abortGeneration(input:$input){generation{...Generation}userErrors{...Errors}}}" + Generation + Errors);
export const AbortStreamsDocument = /* @__PURE__ */ new TypedDocumentString<AbortStreamsMutation, AbortStreamsMutationVariables>("mutation AbortStreams($input:AbortStreamsInput!){abortStreams(input:$input){abortedIds userErrors{...Errors}}}" + Errors);
export const AgentsDocument = /* @__PURE__ */ new TypedDocumentString<AgentsQuery, AgentsQueryVariables>("query Agents{agents{name model}}");
export const ViewerDocument = /* @__PURE__ */ new TypedDocumentString<ViewerQuery, ViewerQueryVariables>("query Viewer{viewer{userId scopes}}");
export const ThreadDocument = /* @__PURE__ */ new TypedDocumentString<ThreadQuery, ThreadQueryVariables>("query Thread($id:ID!$last:Int!){thread(id:$id){...ThreadSnapshot}}" + ThreadSnapshot + ThreadSummary + MessagePage + Message + Usage + Part + Stream + Generation);
export const OlderMessagesDocument = /* @__PURE__ */ new TypedDocumentString<OlderMessagesQuery, OlderMessagesQueryVariables>("query OlderMessages($id:ID!$last:Int!$before:String){thread(id:$id){uiMessages(last:$last before:$before){...MessagePage}}}" + MessagePage + Message + Usage + Part);
export const ThreadEventsDocument = /* @__PURE__ */ new TypedDocumentString<ThreadEventsSubscription, ThreadEventsSubscriptionVariables>("subscription ThreadEvents($threadId:ID!$after:String){threadEvents(threadId:$threadId after:$after){__typename ...on Event{cursor}...on MessageSaved{uiMessage{...Message}}...on MessageRemoved{keys}...on StreamStarted{stream{...Stream}}...on StreamAdvanced{delta{streamId start end parts}}...on StreamEnded{streamId key state abortReason}...on GenerationChanged{generation{...Generation}}...on ThreadChanged{thread{...ThreadSummary}}...on ThreadDeleted{threadId}...on ResyncRequired{reason}}}" + Message + Usage + Part + Stream + Generation + ThreadSummary);
export const CreateThreadDocument = /* @__PURE__ */ new TypedDocumentString<CreateThreadMutation, CreateThreadMutationVariables>("mutation CreateThread($input:CreateThreadInput!$last:Int!){createThread(input:$input){thread{...ThreadSnapshot}userErrors{...Errors}}}" + ThreadSnapshot + ThreadSummary + MessagePage + Message + Usage + Part + Stream + Generation + Errors);
export const UpdateThreadDocument = /* @__PURE__ */ new TypedDocumentString<UpdateThreadMutation, UpdateThreadMutationVariables>("mutation UpdateThread($input:UpdateThreadInput!){updateThread(input:$input){thread{...ThreadSummary}userErrors{...Errors}}}" + ThreadSummary + Errors);
export const DeleteThreadDocument = /* @__PURE__ */ new TypedDocumentString<DeleteThreadMutation, DeleteThreadMutationVariables>("mutation DeleteThread($input:DeleteThreadInput!){deleteThread(input:$input){done userErrors{...Errors}}}" + Errors);
export const BranchThreadDocument = /* @__PURE__ */ new TypedDocumentString<BranchThreadMutation, BranchThreadMutationVariables>("mutation BranchThread($input:BranchThreadInput!){branchThread(input:$input){thread{...ThreadSummary}userErrors{...Errors}}}" + ThreadSummary + Errors);
export const ThreadsDocument = /* @__PURE__ */ new TypedDocumentString<ThreadsQuery, ThreadsQueryVariables>("query Threads($filter:ThreadFilter$orderBy:ThreadOrder!$first:Int!$after:String){threads(filter:$filter orderBy:$orderBy first:$first after:$after){...ThreadPage}}" + ThreadPage + ThreadSummary);
export const ThreadListEventsDocument = /* @__PURE__ */ new TypedDocumentString<ThreadListEventsSubscription, ThreadListEventsSubscriptionVariables>("subscription ThreadListEvents($userId:String$everyone:Boolean!=false$after:String){threadListEvents(userId:$userId everyone:$everyone after:$after){__typename ...on Event{cursor}...on ThreadChanged{thread{...ThreadSummary}}...on ThreadDeleted{threadId}...on ResyncRequired{reason}}}" + ThreadSummary);
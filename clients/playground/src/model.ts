/** The parts of the API contract that this page reads, as TypeScript. */

export type MessageStatus = "PENDING" | "STREAMING" | "SUCCESS" | "FAILED";
export type MessageRole = "SYSTEM" | "USER" | "ASSISTANT";
export type PartState = "STREAMING" | "DONE";

export type ToolState =
  | "INPUT_STREAMING"
  | "INPUT_AVAILABLE"
  | "APPROVAL_REQUESTED"
  | "APPROVAL_RESPONDED"
  | "OUTPUT_AVAILABLE"
  | "OUTPUT_ERROR"
  | "OUTPUT_DENIED";

/** `id` names it within its stream; only a part that was streamed to this page has one. */
export interface TextPart {
  readonly __typename: "TextPart";
  readonly text: string;
  readonly state: PartState;
  readonly id?: string;
}
export interface ReasoningPart {
  readonly __typename: "ReasoningPart";
  readonly text: string;
  readonly state: PartState;
  readonly id?: string;
}
export interface ToolApproval {
  readonly id: string;
  /** Null until it is decided. */
  readonly approved: boolean | null;
  readonly reason: string | null;
  readonly isAutomatic: boolean;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
}
export interface ToolPart {
  readonly __typename: "ToolPart";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly title: string | null;
  readonly toolState: ToolState;
  readonly input: unknown;
  /** The input as the model wrote it, while it is incomplete or if it cannot be read. */
  readonly rawInput: string | null;
  readonly output: unknown;
  /** Another output follows that replaces this one. */
  readonly preliminary: boolean;
  readonly errorText: string | null;
  readonly approval: ToolApproval | null;
  readonly providerExecuted: boolean;
}
export interface FilePart {
  readonly __typename: "FilePart";
  readonly mediaType: string;
  readonly filename: string | null;
  readonly url: string;
}
export interface SourceUrlPart {
  readonly __typename: "SourceUrlPart";
  readonly sourceId: string;
  readonly url: string;
  readonly title: string | null;
}
export interface SourceDocumentPart {
  readonly __typename: "SourceDocumentPart";
  readonly sourceId: string;
  readonly mediaType: string;
  readonly documentTitle: string;
  readonly filename: string | null;
}
export interface StepStartPart {
  readonly __typename: "StepStartPart";
  /** Of the step's row; null while it streams. */
  readonly stepOrder: number | null;
}
export interface DataPart {
  readonly __typename: "DataPart";
  readonly name: string;
  readonly partId: string | null;
  readonly data: unknown;
}
export type MessagePart =
  | TextPart
  | ReasoningPart
  | ToolPart
  | FilePart
  | SourceUrlPart
  | SourceDocumentPart
  | StepStartPart
  | DataPart;

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly cachedInputTokens: number;
  readonly reasoningTokens: number;
  readonly costMicros: number | null;
}

export interface UIMessage {
  readonly id: string;
  readonly key: string;
  readonly threadId: string;
  readonly order: number;
  readonly stepOrder: number;
  readonly role: MessageRole;
  readonly status: MessageStatus;
  readonly text: string;
  readonly parts: readonly MessagePart[];
  readonly agentName: string | null;
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly error: string | null;
  readonly usage: Usage | null;
  readonly createdAt: string;
}

export interface Stream {
  readonly id: string;
  readonly end: number;
  readonly uiMessage: UIMessage;
}

export type StreamState = "STREAMING" | "FINISHED" | "ABORTED";

/** One AI SDK UIMessageChunk, as it came: nothing about its fields is taken for granted. */
export interface StreamPart {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface StreamDelta {
  readonly streamId: string;
  readonly start: number;
  readonly end: number;
  readonly parts: readonly StreamPart[];
  readonly text: string;
}

export type GenerationStatus = "QUEUED" | "RUNNING" | "WAITING" | "SUCCEEDED" | "FAILED" | "ABORTED";

export interface Generation {
  readonly id: string;
  readonly order: number;
  readonly status: GenerationStatus;
  readonly error: string | null;
}

export interface ThreadSummary {
  readonly id: string;
  readonly title: string | null;
  readonly status: "ACTIVE" | "ARCHIVED";
  readonly createdAt: string;
  readonly lastMessageAt: string | null;
  /** The tool calls in it that wait for a person. */
  readonly pendingApprovals: readonly { readonly toolCallId: string }[];
}

export interface MessagePage {
  readonly edges: readonly { readonly node: UIMessage }[];
  readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
}

/** A thread as it was at one moment: `streams` and `uiMessages` belong to `cursor`. */
export interface ThreadSnapshot extends ThreadSummary {
  readonly cursor: string;
  readonly uiMessages: MessagePage;
  readonly streams: readonly Stream[];
  readonly generations: { readonly edges: readonly { readonly node: Generation }[] };
}

export interface ThreadPage {
  readonly edges: readonly { readonly node: ThreadSummary }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface Agent {
  readonly name: string;
  readonly model: string;
}

export type ThreadChanged = {
  readonly __typename: "ThreadChanged";
  readonly cursor: string;
  readonly thread: ThreadSummary;
};
export type ThreadDeleted = { readonly __typename: "ThreadDeleted"; readonly cursor: string; readonly threadId: string };
export type ResyncRequired = { readonly __typename: "ResyncRequired"; readonly cursor: string; readonly reason: string };

export type ThreadEvent =
  | { readonly __typename: "MessageSaved"; readonly cursor: string; readonly uiMessage: UIMessage }
  | { readonly __typename: "MessageRemoved"; readonly cursor: string; readonly keys: readonly string[] }
  | { readonly __typename: "StreamStarted"; readonly cursor: string; readonly stream: Stream }
  | { readonly __typename: "StreamAdvanced"; readonly cursor: string; readonly delta: StreamDelta }
  | {
      readonly __typename: "StreamEnded";
      readonly cursor: string;
      readonly streamId: string;
      readonly key: string;
      readonly state: StreamState;
      readonly abortReason: string | null;
    }
  | { readonly __typename: "GenerationChanged"; readonly cursor: string; readonly generation: Generation }
  | ThreadChanged
  | ThreadDeleted
  | ResyncRequired;

export type ThreadListEvent = ThreadChanged | ThreadDeleted | ResyncRequired;

export interface UserError {
  readonly code: string;
  readonly errorMessage: string;
  readonly path: readonly string[] | null;
}

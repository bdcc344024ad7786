/** The parts of the API contract that this page reads, as TypeScript. */

export type MessageStatus = "PENDING" | "STREAMING" | "SUCCESS" | "FAILED";
export type MessageRole = "SYSTEM" | "USER" | "ASSISTANT";
export type PartState = "STREAMING" | "DONE";

export interface TextPart {
  readonly __typename: "TextPart";
  readonly text: string;
  readonly state: PartState;
}
export interface ReasoningPart {
  readonly __typename: "ReasoningPart";
  readonly text: string;
  readonly state: PartState;
}
export interface OtherPart {
  readonly __typename: "ToolPart" | "FilePart" | "SourceUrlPart" | "SourceDocumentPart" | "StepStartPart" | "DataPart";
}
export type MessagePart = TextPart | ReasoningPart | OtherPart;

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
  readonly createdAt: string;
}

export interface Stream {
  readonly id: string;
  readonly end: number;
  readonly uiMessage: UIMessage;
}

export type StreamState = "STREAMING" | "FINISHED" | "ABORTED";

/** One AI SDK UIMessageChunk; only text and reasoning matter here. */
export interface StreamPart {
  readonly type: string;
  readonly delta?: string;
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
  readonly status: GenerationStatus;
  readonly error: string | null;
}

export interface ThreadSummary {
  readonly id: string;
  readonly title: string | null;
  readonly status: "ACTIVE" | "ARCHIVED";
  readonly createdAt: string;
  readonly lastMessageAt: string | null;
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

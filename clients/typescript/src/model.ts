/** What the store keeps: the types that codegen derived from our documents, under the names that readers use. */

import type {
  GenerationFragment,
  MessageFragment,
  PartFragment,
  StreamFragment,
  ThreadEventsSubscription,
  ThreadListEventsSubscription,
  ThreadPageFragment,
  ThreadSnapshotFragment,
  ThreadSummaryFragment,
  UsageFragment,
} from "./generated/operations.js";

type Part<Name extends PartFragment["__typename"]> = Extract<PartFragment, { readonly __typename: Name }>;

/** `id` names it within its stream; only a part that was streamed to this client has one. */
export type TextPart = Part<"TextPart"> & { readonly id?: string };
export type ReasoningPart = Part<"ReasoningPart"> & { readonly id?: string };
export type ToolPart = Part<"ToolPart">;
export type FilePart = Part<"FilePart">;
export type SourceUrlPart = Part<"SourceUrlPart">;
export type SourceDocumentPart = Part<"SourceDocumentPart">;
/** `stepOrder` is null while the step streams. */
export type StepStartPart = Omit<Part<"StepStartPart">, "stepOrder"> & { readonly stepOrder: number | null };
export type DataPart = Part<"DataPart">;
export type MessagePart =
  | TextPart
  | ReasoningPart
  | ToolPart
  | FilePart
  | SourceUrlPart
  | SourceDocumentPart
  | StepStartPart
  | DataPart;

export type ToolState = ToolPart["toolState"];
export type ToolApproval = NonNullable<ToolPart["approval"]>;
export type Usage = UsageFragment;
/** A message as a screen shows it: one prompt, or one whole answer with its steps, tool calls and sources. */
export type UIMessage = Omit<MessageFragment, "parts"> & { readonly parts: readonly MessagePart[] };
export type Stream = Omit<StreamFragment, "uiMessage"> & { readonly uiMessage: UIMessage };
export type Generation = GenerationFragment;
export type GenerationStatus = Generation["status"];
export type ThreadSummary = ThreadSummaryFragment;
export type ThreadPage = ThreadPageFragment;
export type ThreadListEvent = ThreadListEventsSubscription["threadListEvents"];

export interface MessagePage {
  readonly edges: readonly { readonly node: UIMessage }[];
  readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
}

/** A thread as it was at one moment: `streams` and `uiMessages` belong to `cursor`. */
export type ThreadSnapshot = Omit<ThreadSnapshotFragment, "uiMessages" | "streams"> & {
  readonly uiMessages: MessagePage;
  readonly streams: readonly Stream[];
};

type WireEvent = ThreadEventsSubscription["threadEvents"];
type Wire<Name extends WireEvent["__typename"]> = Extract<WireEvent, { readonly __typename: Name }>;

/** One AI SDK UIMessageChunk, as it came: nothing about its fields is taken for granted. */
export interface StreamPart {
  readonly type: string;
  readonly [field: string]: unknown;
}
export type StreamDelta = Omit<Wire<"StreamAdvanced">["delta"], "parts"> & { readonly parts: readonly StreamPart[] };
export type ThreadEvent =
  | Exclude<WireEvent, Wire<"StreamAdvanced" | "StreamStarted" | "MessageSaved">>
  | { readonly __typename: "MessageSaved"; readonly cursor: string; readonly uiMessage: UIMessage }
  | { readonly __typename: "StreamStarted"; readonly cursor: string; readonly stream: Stream }
  | { readonly __typename: "StreamAdvanced"; readonly cursor: string; readonly delta: StreamDelta };

/** Live threads of a Weft server for any JavaScript. React hooks are in `weft-client/react`. */

export { WeftClient, type Agent } from "./client.js";
export { accepted, WeftError, type WeftErrorDetails } from "./errors.js";
export type { Operation, RequestOptions } from "./http.js";
export type * from "./model.js";
export type { Token, WeftOptions } from "./options.js";
export type { LiveOperation } from "./server.js";
export { TextSmoother, type SmoothTextOptions } from "./smoothText.js";
export type { Connection, ConnectionState } from "./subscriptions.js";
export { overlaid } from "./thread/answers.js";
export { isAnswering, isWaiting, type Draft, type OutgoingMessage, type Phase, type ThreadState } from "./thread/state.js";
export { appendDelta } from "./thread/streamParts.js";
export { ThreadStore, type NewThread, type ThreadStoreOptions } from "./thread/threadStore.js";
export type { ThreadMessage, View } from "./thread/visible.js";
export { lastActivity, type ThreadListState } from "./threads/reducer.js";
export { ThreadListStore, type ThreadListOptions } from "./threads/threadListStore.js";

/** React hooks over a WeftClient. Correct under StrictMode and concurrent rendering; at most one render a frame. */

export { useWeft, WeftProvider } from "./context.js";
export { SmoothText, useSmoothText, type SmoothTextState } from "./smoothText.js";
export { useApprovals, type Approvals, type Waiting } from "./useApprovals.js";
export { useConnection } from "./useConnection.js";
export { useSendMessage, type SendMessage } from "./useSendMessage.js";
export { useStop, type Stop } from "./useStop.js";
export { useNewThread, useThread, type ThreadRef } from "./useThread.js";
export { useThreads, type Threads } from "./useThreads.js";
export { useUIMessages, type PageStatus, type UIMessages, type UIMessagesOptions } from "./useUIMessages.js";

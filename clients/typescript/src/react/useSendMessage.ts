import { useCallback } from "react";

import type { OutgoingMessage } from "../thread/state.js";
import { useRead } from "./useStore.js";
import { useThread, type ThreadRef } from "./useThread.js";

export interface SendMessage {
  /**
   * Shows the message at once and sends it. Resolves to its clientId when the server has it or when it failed: then it
   * stays on screen as FAILED, nothing typed is lost, and `resend` sends it once more under the same clientId.
   */
  readonly send: (message: OutgoingMessage | string) => Promise<string | null>;
  readonly resend: (clientId: string) => Promise<void>;
  /** Takes back a message that failed; gives back what it said, for the field it was typed in. */
  readonly discard: (clientId: string) => OutgoingMessage | null;
  /** Messages are on their way. */
  readonly isSending: boolean;
}

/** Sends messages to a thread with optimistic insert, rollback and safe retry. */
export function useSendMessage(thread: ThreadRef): SendMessage {
  const store = useThread(thread);
  const send = useCallback(async (message: OutgoingMessage | string) => (store ? store.send(message) : null), [store]);
  const resend = useCallback(async (clientId: string) => store?.resend(clientId), [store]);
  const discard = useCallback((clientId: string) => store?.discard(clientId) ?? null, [store]);
  const isSending = useRead(store, () => store?.state().drafts.some((draft) => draft.error === null) ?? false);
  return { send, resend, discard, isSending };
}

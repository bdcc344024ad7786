import { useCallback, useEffect, useState } from "react";
import type { NewThread, OutgoingMessage, ThreadStore } from "weft-client";
import { useNewThread, useThread, useWeft } from "weft-client/react";

import { useEvent } from "../ui/useEvent";
import { addressOf, threadInAddress } from "./address";

export interface CurrentThread {
  readonly store: ThreadStore;
  /** Null opens a new thread. */
  readonly open: (threadId: string | null) => void;
}

/**
 * The store of the thread in the address. A draft that becomes a thread takes the address without being reopened.
 * `create` says what a new thread is to be, asked when its first message is sent.
 */
export function useCurrentThread(create: (message: OutgoingMessage) => NewThread): CurrentThread {
  const client = useWeft();
  const [opened, setOpened] = useState(() => ({ threadId: threadInAddress(), draft: 0 }));
  const draft = useNewThread({ create: useEvent(create) }, opened.draft);
  const store = useThread(opened.threadId ?? draft) ?? draft;

  useEffect(() => {
    const address = () => {
      const { threadId } = store.state();
      if (threadId !== null && threadInAddress() === null) window.history.replaceState(null, "", addressOf(threadId));
    };
    return store.subscribe(address);
  }, [store]);

  const show = useEvent((threadId: string | null) => {
    if (threadId !== null && threadId === store.state().threadId) return;
    setOpened(({ draft: before }) => ({ threadId, draft: threadId === null ? before + 1 : before }));
  });
  useEffect(() => {
    const follow = () => show(threadInAddress());
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, [show, client]);

  const open = useCallback(
    (threadId: string | null) => {
      if (threadId !== threadInAddress()) window.history.pushState(null, "", addressOf(threadId));
      show(threadId);
    },
    [show],
  );
  return { store, open };
}

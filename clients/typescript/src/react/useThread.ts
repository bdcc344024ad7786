import { useMemo, useState } from "react";

import type { ThreadStore, ThreadStoreOptions } from "../thread/threadStore.js";
import { useWeft } from "./context.js";
import { useKept } from "./useStore.js";

/** What hooks take for a thread: its id, a store (of `client.newThread()` for example), or null while there is none. */
export type ThreadRef = string | ThreadStore | null;

/** The live store of a thread, followed while the component is mounted. */
export function useThread(thread: ThreadRef, options?: Pick<ThreadStoreOptions, "pageSize">): ThreadStore | null {
  const client = useWeft();
  const pageSize = options?.pageSize;
  const store = useMemo(() => {
    if (thread === null || typeof thread !== "string") return thread;
    return client.thread(thread, pageSize === undefined ? {} : { pageSize });
  }, [client, thread, pageSize]);
  return useKept(store);
}

/** A store of a thread that its first message creates. A new one for each `key`. */
export function useNewThread(options: Pick<ThreadStoreOptions, "create"> = {}, key: string | number = 0): ThreadStore {
  const client = useWeft();
  // Not a memo: React may forget those, and with it what was typed. What it is created as is read when it is made.
  const [made, setMade] = useState(() => ({ client, key, store: client.newThread(options) }));
  if (made.client === client && made.key === key) return made.store;
  const next = { client, key, store: client.newThread(options) };
  setMade(next);
  return next.store;
}

import { useCallback, useEffect, useState } from "react";

import { addressOf, threadInAddress } from "./address";
import { ThreadSession } from "./threadSession";

export interface CurrentThread {
  readonly session: ThreadSession;
  readonly open: (threadId: string | null) => void;
}

/** The session of the thread in the address. A draft that becomes a thread takes the address without being reopened. */
export function useCurrentThread(): CurrentThread {
  const [session, setSession] = useState(() => new ThreadSession(threadInAddress()));

  useEffect(() => {
    session.open();
    const unwatch = session.store.subscribe(() => {
      const { threadId } = session.store.state();
      if (threadId !== null && threadInAddress() === null) window.history.replaceState(null, "", addressOf(threadId));
    });
    return () => {
      unwatch();
      session.close();
    };
  }, [session]);

  useEffect(() => {
    const follow = () => {
      const threadId = threadInAddress();
      setSession((open) => (open.store.state().threadId === threadId ? open : new ThreadSession(threadId)));
    };
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, []);

  const open = useCallback((threadId: string | null) => {
    if (threadId !== threadInAddress()) window.history.pushState(null, "", addressOf(threadId));
    setSession(new ThreadSession(threadId));
  }, []);

  return { session, open };
}

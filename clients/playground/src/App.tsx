import { useCallback, useEffect, useState } from "react";

import { Conversation } from "./Conversation";
import { Sidebar } from "./Sidebar";
import { isAnswering } from "./threadState";
import { useAgents } from "./useAgents";
import { useCurrentThread } from "./useCurrentThread";
import { useMediaQuery } from "./useMediaQuery";
import { useStore } from "./useStore";
import { useThreadList } from "./useThreadList";

/** The page: threads on the left, the open one on the right. On a narrow screen the threads are a drawer. */
export function App() {
  const list = useThreadList();
  const agents = useAgents();
  const { session, open } = useCurrentThread();
  const state = useStore(session.store);
  const narrow = useMediaQuery("(max-width: 48rem)");
  const [drawer, setDrawer] = useState(false);
  const closeDrawer = useCallback(() => setDrawer(false), []);
  const openThread = useCallback(
    (threadId: string | null) => {
      open(threadId);
      closeDrawer();
    },
    [open, closeDrawer],
  );
  const stoppable = isAnswering(state);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
      if (narrow && drawer) closeDrawer();
      else if (stoppable) void session.stop();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [narrow, drawer, closeDrawer, stoppable, session]);

  return (
    <div className="page">
      <a className="skip" href="#prompt">
        Skip to the message box
      </a>
      <Sidebar
        session={list}
        current={state.threadId}
        narrow={narrow}
        shown={!narrow || drawer}
        onOpen={openThread}
        onClose={closeDrawer}
      />
      <Conversation
        session={session}
        state={state}
        agents={agents}
        covered={narrow && drawer}
        onMenu={narrow ? () => setDrawer(true) : null}
        onOpen={openThread}
      />
    </div>
  );
}

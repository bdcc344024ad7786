import { useState } from "react";

import { MessageView } from "./MessageView";
import type { ThreadSession } from "./threadSession";
import { isAnswering, isWaiting, type ThreadState } from "./threadState";
import type { VisibleMessage } from "./visibleMessages";

interface MessageListProps {
  readonly session: ThreadSession;
  readonly state: ThreadState;
  readonly rows: readonly VisibleMessage[];
  readonly agent: string | null;
}

export function MessageList({ session, state, rows, agent }: MessageListProps) {
  const [loading, setLoading] = useState(false);
  const last = rows.at(-1);
  const idle = !isAnswering(state) && !isWaiting(state);
  const waiting = new Set(state.active.filter(({ status }) => status === "WAITING").map(({ order }) => order));
  const loadOlder = async () => {
    setLoading(true);
    await session.loadOlder();
    setLoading(false);
  };
  return (
    <>
      {state.hasOlder && (
        <button className="quiet-button" type="button" disabled={loading} onClick={() => void loadOlder()}>
          {loading ? "Loading…" : "Load older messages"}
        </button>
      )}
      <ol className="messages" aria-label="Messages">
        {rows.map((row) => (
          <MessageView
            key={row.id}
            session={session}
            message={row.message}
            live={row.live}
            draft={row.draft}
            waiting={row.message.role === "ASSISTANT" && waiting.has(row.message.order)}
            agent={row === last && idle ? agent : null}
          />
        ))}
      </ol>
    </>
  );
}

import { useEffect, useMemo, useRef } from "react";

import { Announcer } from "./Announcer";
import { Composer } from "./Composer";
import { ConversationHead } from "./ConversationHead";
import { EmptyState } from "./EmptyState";
import { Icon } from "./Icon";
import { MessageList } from "./MessageList";
import { ThreadNotice } from "./ThreadNotice";
import type { ThreadSession } from "./threadSession";
import { isAnswering, isWaiting, type ThreadState } from "./threadState";
import type { AgentChoice } from "./useAgents";
import { useStickToBottom } from "./useStickToBottom";
import { visibleMessages } from "./visibleMessages";

interface ConversationProps {
  readonly session: ThreadSession;
  readonly state: ThreadState;
  readonly agents: AgentChoice;
  /** The drawer lies over it: it must not take focus or clicks. */
  readonly covered: boolean;
  readonly onMenu: (() => void) | null;
  readonly onOpen: (threadId: string | null) => void;
}

/** The open thread: its messages and the box to write in. */
export function Conversation({ session, state, agents, covered, onMenu, onOpen }: ConversationProps) {
  const rows = useMemo(() => visibleMessages(state), [state]);
  const { view, content, atBottom, toBottom } = useStickToBottom(session, rows[0]?.id);
  const prompt = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (window.matchMedia("(hover: hover)").matches) prompt.current?.focus();
  }, [session]);

  const send = (text: string) => {
    if (agents.chosen === null) return;
    void session.send(text, agents.chosen);
    toBottom();
  };
  const empty = rows.length === 0 && (state.phase === "draft" || state.phase === "ready");

  return (
    <main className="conversation" inert={covered}>
      <ConversationHead session={session} state={state} onMenu={onMenu} />
      <div className="conversation__view" ref={view} tabIndex={-1}>
        <div className="conversation__content" ref={content}>
          {empty && <EmptyState agents={agents} onSend={send} />}
          <MessageList session={session} state={state} rows={rows} agent={agents.chosen} />
          <ThreadNotice state={state} onOpen={onOpen} />
        </div>
      </div>
      <div className="conversation__foot">
        {!atBottom && (
          <button className="to-bottom" type="button" onClick={toBottom} aria-label="Go to the newest message">
            <Icon name="down" />
          </button>
        )}
        <Composer
          key={session.id}
          input={prompt}
          agents={agents}
          answering={isAnswering(state)}
          waiting={isWaiting(state)}
          closed={state.phase === "deleted" || state.phase === "missing"}
          onSend={send}
          onStop={() => void session.stop()}
        />
      </div>
      <Announcer rows={rows} waiting={isWaiting(state)} />
    </main>
  );
}

import { memo } from "react";

import { MessageFailure } from "./MessageFailure";
import { MessageFoot } from "./MessageFoot";
import type { UIMessage } from "./model";
import { Parts } from "./Parts";
import type { ThreadSession } from "./threadSession";
import type { Draft } from "./threadState";
import { fullTime, shortTime } from "./time";

interface MessageViewProps {
  readonly session: ThreadSession;
  readonly message: UIMessage;
  readonly live: boolean;
  readonly draft: Draft | null;
  /** Its generation waits for a person. */
  readonly waiting: boolean;
  /** The agent that may be asked for another answer; null when it may not. */
  readonly agent: string | null;
}

/** One message. Only the one that changes is rendered again. */
export const MessageView = memo(function MessageView(props: MessageViewProps) {
  const { session, message, live, draft, waiting, agent } = props;
  const mine = message.role === "USER";
  const author = mine ? "You" : (message.agentName ?? (message.role === "SYSTEM" ? "System" : "Agent"));
  const kind = mine ? "mine" : "theirs";
  return (
    <li
      className={`message message--${kind}`}
      data-key={message.key}
      data-status={message.status}
      aria-busy={live || undefined}
    >
      <p className="message__author">
        <span>{author}</span>
        <time dateTime={message.createdAt} title={fullTime(message.createdAt)}>
          {shortTime(message.createdAt)}
        </time>
      </p>
      <div className={live ? "message__body message__body--live" : "message__body"}>
        <Parts session={session} message={message} live={live && !mine} waiting={waiting} />
      </div>
      {message.status === "FAILED" && (
        <MessageFailure session={session} message={message} draft={draft} agent={agent} />
      )}
      {message.role === "ASSISTANT" && !live && (
        <MessageFoot session={session} message={message} agent={message.status === "FAILED" ? null : agent} />
      )}
    </li>
  );
});

import { memo } from "react";

import { Markup } from "./Markup";
import { MessageFailure } from "./MessageFailure";
import type { UIMessage } from "./model";
import { Reasoning } from "./Reasoning";
import type { ThreadSession } from "./threadSession";
import type { Draft } from "./threadState";
import { fullTime, shortTime } from "./time";

interface MessageViewProps {
  readonly session: ThreadSession;
  readonly message: UIMessage;
  readonly live: boolean;
  readonly draft: Draft | null;
  /** The agent that may be asked again if this answer failed; null when it may not. */
  readonly agent: string | null;
}

/** One message. Only the one that changes is rendered again. */
export const MessageView = memo(function MessageView({ session, message, live, draft, agent }: MessageViewProps) {
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
        <Parts message={message} live={live && !mine} />
      </div>
      {message.status === "FAILED" && (
        <MessageFailure session={session} message={message} draft={draft} agent={agent} />
      )}
    </li>
  );
});

function Parts({ message, live }: { readonly message: UIMessage; readonly live: boolean }) {
  const written = message.parts.filter((part) => "text" in part && part.text !== "");
  if (written.length === 0 && message.text !== "") return <Markup text={message.text} />;
  if (written.length === 0 && live) return <Waiting />;
  return message.parts.map((part, index) => {
    if (part.__typename === "TextPart" && part.text !== "") return <Markup key={index} text={part.text} />;
    if (part.__typename === "ReasoningPart" && part.text !== "") {
      return <Reasoning key={index} text={part.text} open={part.state === "STREAMING" && live} />;
    }
    return null;
  });
}

function Waiting() {
  return (
    <p className="waiting" role="img" aria-label="Waiting for the answer">
      <span />
      <span />
      <span />
    </p>
  );
}

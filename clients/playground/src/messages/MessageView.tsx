import { memo, useState, type MouseEvent } from "react";
import type { ThreadMessage } from "weft-client";

import { fullTime, shortTime } from "../ui/time";
import { useMessageActions } from "./actions";
import { EditForm } from "./EditForm";
import { MessageFailure } from "./MessageFailure";
import { MessageFoot } from "./MessageFoot";
import { Parts } from "./Parts";

interface MessageViewProps {
  readonly message: ThreadMessage;
  /** Its generation waits for a person. */
  readonly waiting: boolean;
  readonly selected: boolean;
  readonly rating: number | null;
  /** Whom the thread belongs to, as its prompts are signed. */
  readonly owner: string;
}

/** One message. Only the one that changes is rendered again. */
export const MessageView = memo(function MessageView({ message, waiting, selected, rating, owner }: MessageViewProps) {
  const { select } = useMessageActions();
  const [isEditing, setEditing] = useState(false);
  const { role, isLive: live, draft } = message;
  const mine = role === "USER";
  const author = mine ? owner : (message.agentName ?? (role === "SYSTEM" ? "System" : "Agent"));
  const isStored = draft === null && !live;
  const onClick = (event: MouseEvent) => {
    const onControl =
      event.target instanceof Element &&
      event.target.closest("a, button, input, textarea, summary, form, pre, [popover]");
    if (isStored && !onControl && window.getSelection()?.isCollapsed !== false) select(message, false);
  };
  return (
    <li
      className={`message message--${mine ? "mine" : "theirs"}`}
      data-key={message.key}
      data-status={message.status}
      data-role={role}
      data-selected={selected || undefined}
      aria-busy={live || undefined}
      tabIndex={-1}
      onClick={onClick}
    >
      <p className="message__author">
        <span>{author}</span>
        <time dateTime={message.createdAt} title={fullTime(message.createdAt)}>
          {shortTime(message.createdAt)}
        </time>
      </p>
      {isEditing ? (
        <EditForm message={message} onClose={() => setEditing(false)} />
      ) : (
        <div className={live ? "message__body message__body--live" : "message__body"}>
          <Parts message={message} live={live && !mine} waiting={waiting} />
        </div>
      )}
      {message.status === "FAILED" && <MessageFailure message={message} />}
      {isStored && !isEditing && <MessageFoot message={message} rating={rating} onEdit={() => setEditing(true)} />}
    </li>
  );
});

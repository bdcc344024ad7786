import { useState, type KeyboardEvent, type RefObject, type SubmitEvent } from "react";

import { AgentSelect } from "./AgentSelect";
import { Icon } from "./Icon";
import type { AgentChoice } from "./useAgents";

interface ComposerProps {
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly agents: AgentChoice;
  readonly answering: boolean;
  /** An answer waits for a person. */
  readonly waiting: boolean;
  readonly closed: boolean;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
}

/** The box to write in. Enter sends, Shift+Enter starts a new line; while an answer is made it can be stopped instead. */
export function Composer({ input, agents, answering, waiting, closed, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const sendable = text.trim() !== "" && !answering && !closed && agents.chosen !== null;
  const send = () => {
    if (!sendable) return;
    onSend(text.trim());
    setText("");
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className="composer" onSubmit={onSubmit}>
      <label className="unseen" htmlFor="prompt">
        Message
      </label>
      <textarea
        id="prompt"
        ref={input}
        className="composer__input"
        rows={1}
        value={text}
        disabled={closed}
        placeholder={agents.chosen === null ? "Write a message" : `Write to ${agents.chosen}`}
        aria-describedby="keys"
        enterKeyHint="send"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="composer__bar">
        <AgentSelect choice={agents} />
        <span className="composer__keys" id="keys">
          {keyWords(answering, waiting)}
        </span>
        {(answering || waiting) && (
          <button
            className={answering ? "round-button" : "round-button round-button--quiet"}
            type="button"
            onClick={onStop}
            aria-label="Stop the answer"
          >
            <Icon name="stop" />
          </button>
        )}
        {!answering && (
          <button className="round-button" type="submit" disabled={!sendable} aria-label="Send the message">
            <Icon name="send" />
          </button>
        )}
      </div>
    </form>
  );
}

function keyWords(answering: boolean, waiting: boolean): string {
  if (answering) return "Esc stops the answer";
  return waiting ? "A new message denies open approvals" : "Enter sends, Shift+Enter for a new line";
}

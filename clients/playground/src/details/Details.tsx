/**
 * What is behind a message and its thread: what a model is shown, the data as it is stored, tokens and cost, the agent,
 * and the thread itself. What was chosen stays when another message is selected.
 */

import "./details.css";

import { useState } from "react";
import type { ThreadMessage, ThreadStore } from "weft-client";

import { AgentTab } from "./AgentTab";
import { newContextChoice, type ContextChoice } from "./contextChoice";
import { ContextTab } from "./ContextTab";
import { MessageTab } from "./MessageTab";
import { useSelected } from "./subject";
import { Tabs, type Tab } from "./Tabs";
import { ThreadTab } from "./ThreadTab";
import { UsageTab } from "./UsageTab";

export interface DetailsProps {
  readonly store: ThreadStore;
  /** The selected message; null while none is. */
  readonly message: ThreadMessage | null;
  /** The agent that would answer next; null while none is chosen. */
  readonly agentName: string | null;
  readonly onClose: () => void;
}

type Name = "context" | "message" | "usage" | "agent" | "thread";

const tabs: readonly Tab<Name>[] = [
  { name: "context", title: "Context" },
  { name: "message", title: "Message" },
  { name: "usage", title: "Usage" },
  { name: "agent", title: "Agent" },
  { name: "thread", title: "Thread" },
];

export function Details({ store, message, agentName, onClose }: DetailsProps) {
  const [chosen, setChosen] = useState<Name>("context");
  const [context, setContext] = useState<ContextChoice>(newContextChoice);
  const threadId = useSelected(store, (state) => state.threadId);
  const answering = message?.agentName ?? agentName;
  const of = message?.viewKey ?? "none";
  return (
    <div className="details">
      <header className="details__head">
        <div className="details__titles">
          <h2 className="details__title">Details</h2>
          <p className="details__subject">{subjectWords(message, agentName)}</p>
        </div>
        <button className="details__close" type="button" aria-label="Close the details" onClick={onClose}>
          <svg className="details__cross" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M6 6l12 12M18 6L6 18" />
          </svg>
        </button>
      </header>
      <Tabs label="Details" tabs={tabs} chosen={chosen} onChoose={setChosen}>
        {chosen === "context" && (
          <ContextTab key={of} store={store} message={message} agentName={answering} choice={context} onChoose={setContext} />
        )}
        {chosen === "message" && <MessageTab key={of} store={store} message={message} />}
        {chosen === "usage" && <UsageTab key={of} store={store} message={message} />}
        {chosen === "agent" && <AgentTab key={answering} agentName={answering} />}
        {chosen === "thread" && <ThreadTab key={threadId} store={store} />}
      </Tabs>
    </div>
  );
}

function subjectWords(message: ThreadMessage | null, agentName: string | null): string {
  if (message === null) return agentName === null ? "The next message" : `The next message to ${agentName}`;
  if (message.role === "USER") return `Prompt of turn ${message.order}`;
  return `${message.agentName ?? "Answer"}, turn ${message.order}`;
}

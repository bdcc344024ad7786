/** What a model would be shown to answer, with options to try, and what it really was shown. */

import { useState } from "react";
import type { ThreadMessage, ThreadStore } from "weft-client";

import type { ContextChoice } from "./contextChoice";
import { ContextForm } from "./ContextForm";
import { fieldsOf } from "./contextOptions";
import { ContextPreview } from "./ContextPreview";
import { ContextReceipt } from "./ContextReceipt";
import { Answered, Empty } from "./States";
import { promptOf, useSelected } from "./subject";
import { Switch } from "./Switch";
import { useAgentDetails, type AgentDetails } from "./useAgentDetails";
import { useContextPreview, type PreviewSubject } from "./useContextPreview";
import { useReceipt } from "./useReceipt";

interface ContextTabProps {
  readonly store: ThreadStore;
  readonly message: ThreadMessage | null;
  readonly agentName: string | null;
  readonly choice: ContextChoice;
  readonly onChoose: (choice: ContextChoice) => void;
}

export function ContextTab(props: ContextTabProps) {
  const threadId = useSelected(props.store, (state) => state.threadId);
  const agents = useAgentDetails();
  if (threadId === null || props.message?.draft) {
    return (
      <Empty title="Nothing is stored yet">
        What the model is shown can be seen once the server has the first message of this thread.
      </Empty>
    );
  }
  return (
    <Answered asked={agents} what="The context">
      {(known) => {
        const wanted = props.choice.agentName ?? props.agentName;
        const agent = known.find(({ name }) => name === wanted) ?? known[0];
        return agent ? (
          <Contexts {...props} threadId={threadId} agents={known} agent={agent} />
        ) : (
          <Empty title="No agents">This server has no agent that could be asked.</Empty>
        );
      }}
    </Answered>
  );
}

interface ContextsProps extends ContextTabProps {
  readonly threadId: string;
  readonly agents: readonly AgentDetails[];
  readonly agent: AgentDetails;
}

const views = [
  { name: "preview", title: "Would see" },
  { name: "receipt", title: "Really saw" },
] as const;

function Contexts({ store, message, threadId, agents, agent, choice, onChoose }: ContextsProps) {
  const [view, setView] = useState<(typeof views)[number]["name"]>("preview");
  const own = fieldsOf(agent.contextOptions, agent.embeddingModel !== null);
  const subject = subjectOf(store, message, threadId);
  const preview = useContextPreview(subject, agent.name, own, choice);
  const receipt = useReceipt(store, message, threadId);
  const hasReceipt = message !== null && (receipt.value?.context.length ?? 0) > 0;
  const isReceipt = view === "receipt" && message !== null;
  return (
    <>
      {message !== null && <Switch label="Which context" choices={views} chosen={view} onChoose={setView} />}
      {isReceipt ? (
        <ContextReceipt receipt={receipt} />
      ) : (
        <>
          <ContextForm agents={agents} agent={agent} own={own} subject={subject} choice={choice} onChoose={onChoose} />
          <ContextPreview preview={preview} subject={subject} maxTokens={limitOf(own.maxTokens, choice)} seen={hasReceipt ? receipt.value : null} />
        </>
      )}
    </>
  );
}

function subjectOf(store: ThreadStore, message: ThreadMessage | null, threadId: string): PreviewSubject {
  if (message === null) return { threadId, of: "next", prompt: "", target: null };
  const prompt = promptOf(store, message);
  if (prompt) return { threadId, of: prompt.id, prompt: prompt.text, target: { promptMessageId: prompt.id } };
  return { threadId, of: message.id, prompt: "", target: { targetMessageId: message.id } };
}

function limitOf(own: string, { changes }: ContextChoice): number | null {
  const limit = Number(changes.maxTokens?.trim() || own);
  return Number.isFinite(limit) && limit > 0 ? limit : null;
}

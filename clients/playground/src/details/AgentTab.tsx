/** What an agent is: its instructions, its model, its tools with their schemas, and how it builds its context. */

import { useState } from "react";

import { Facts } from "./Facts";
import { ChoiceField } from "./fields";
import { JsonBlock } from "./JsonBlock";
import { Answered, Empty } from "./States";
import { useAgentDetails, type AgentDetails } from "./useAgentDetails";
import { count } from "./words";

export function AgentTab({ agentName }: { readonly agentName: string | null }) {
  const asked = useAgentDetails();
  const [chosen, setChosen] = useState(agentName);
  return (
    <Answered asked={asked} what="The agents">
      {(agents) => {
        const agent = agents.find(({ name }) => name === chosen) ?? agents[0];
        if (!agent) return <Empty title="No agents">This server has none.</Empty>;
        const names = agents.map(({ name }) => name);
        return (
          <>
            {agents.length > 1 && <ChoiceField label="Agent" value={agent.name} choices={names} onChange={setChosen} />}
            {chosen !== null && chosen !== agent.name && (
              <p className="context-note">This server has no agent named {chosen} any more.</p>
            )}
            <AgentView agent={agent} />
          </>
        );
      }}
    </Answered>
  );
}

function AgentView({ agent }: { readonly agent: AgentDetails }) {
  const { instructions, contextOptions, tools } = agent;
  return (
    <>
      <Facts
        facts={[
          { name: "Model", value: <code>{agent.model}</code> },
          { name: "Embedding model", value: agent.embeddingModel === null ? "None" : <code>{agent.embeddingModel}</code> },
          { name: "Most steps", value: agent.maxSteps === null ? "No limit of its own" : String(agent.maxSteps) },
        ]}
      />
      <section aria-label="Instructions">
        <h3 className="details-heading">Instructions</h3>
        {instructions === null ? (
          <p className="context-note">It has none, makes them for each answer, or they are not for your key.</p>
        ) : (
          <p className="agent-instructions">{instructions}</p>
        )}
      </section>
      <section aria-label="Tools">
        <h3 className="details-heading">{tools.length === 0 ? "No tools" : count(tools.length, "tool")}</h3>
        {tools.map((tool) => (
          <article className="agent-tool" key={tool.name} aria-label={tool.title ?? tool.name}>
            <header className="agent-tool__head">
              <h4>{tool.title ?? tool.name}</h4>
              {tool.title !== null && <code>{tool.name}</code>}
              {tool.needsApproval && <span className="details-badge">Needs approval</span>}
              {!tool.executes && <span className="details-badge">Answered by a person</span>}
            </header>
            {tool.description && <p className="agent-tool__text">{tool.description}</p>}
            <JsonBlock title="Input schema" value={tool.inputSchema} />
          </article>
        ))}
      </section>
      <section aria-label="Options">
        <h3 className="details-heading">Options</h3>
        <JsonBlock title="Context" value={contextOptions} />
        <JsonBlock title="Storage" value={agent.storageOptions} />
      </section>
    </>
  );
}

import type { AgentChoice } from "../connection/useAgents";

/** Who answers the next message. */
export function AgentSelect({ choice }: { readonly choice: AgentChoice }) {
  const { agents, chosen, choose } = choice;
  if (agents === null) return <span className="agent-select">Loading agents…</span>;
  if (agents.length === 0) return <span className="agent-select">This server has no agents.</span>;
  return (
    <label className="agent-select">
      <span className="unseen">Agent</span>
      <select value={chosen ?? ""} onChange={(event) => choose(event.target.value)}>
        {agents.map(({ name, model }) => (
          <option key={name} value={name}>
            {model === name ? name : `${name} · ${model}`}
          </option>
        ))}
      </select>
    </label>
  );
}

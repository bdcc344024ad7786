import { Facts } from "./Facts";
import { JsonBlock } from "./JsonBlock";
import { UsageTable } from "./UsageTable";
import type { GenerationDetails } from "./UsageTab";
import { at, between, count, spoken } from "./words";

/** How one answer was made: by whom, how long it took, what it used, and what went wrong. */
export function GenerationCard({ generation }: { readonly generation: GenerationDetails }) {
  const { agentName, status, error, attempts, queuedAt, startedAt, endedAt, usage, messages } = generation;
  const steps = messages.filter(({ role }) => role === "ASSISTANT");
  const warnings = messages.flatMap((row) => (row.warnings === null ? [] : [{ id: row.id, warnings: row.warnings }]));
  return (
    <article className="generation" data-status={status} aria-label={`Generation ${generation.id}`}>
      <header className="generation__head">
        <span className="generation__status">{spoken(status)}</span>
        <code className="generation__id">{generation.id}</code>
      </header>
      {error !== null && <p className="details-problem">{error}</p>}
      <Facts
        facts={[
          { name: "Agent", value: agentName },
          { name: "Model", value: listed(steps.map(({ model }) => model)) },
          { name: "Provider", value: listed(steps.map(({ provider }) => provider)) },
          { name: "Ended by", value: listed(steps.map(({ finishReason }) => finishReason && spoken(finishReason))) },
          { name: "Steps", value: String(steps.length) },
          { name: "Attempts", value: attempts > 1 ? `${attempts}: a worker did not finish it` : String(attempts) },
          { name: "Queued", value: at(queuedAt) },
          { name: "Waited", value: between(queuedAt, startedAt) },
          { name: "Worked", value: between(startedAt, endedAt) },
          { name: "Ended", value: at(endedAt) },
        ]}
      />
      <UsageTable columns={[{ title: count(steps.length, "step"), usage }]} />
      {warnings.map((row) => (
        <JsonBlock key={row.id} title="Warnings" value={row.warnings} />
      ))}
    </article>
  );
}

/** Each of them once. */
function listed(values: readonly (string | null)[]): string | null {
  return [...new Set(values.filter((value) => value !== null))].join(", ") || null;
}

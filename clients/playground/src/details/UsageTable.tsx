import type { AllUsageFragment } from "./operations";
import { figure, money } from "./words";

type SomeUsage = Omit<AllUsageFragment, "cacheWriteInputTokens"> & Partial<Pick<AllUsageFragment, "cacheWriteInputTokens">>;

export interface UsageColumn {
  readonly title: string;
  /** Null where none is known. */
  readonly usage: SomeUsage | null;
}

const rows = [
  { title: "Read", of: "inputTokens", isPart: false },
  { title: "from the cache", of: "cachedInputTokens", isPart: true },
  { title: "Written", of: "outputTokens", isPart: false },
  { title: "for reasoning", of: "reasoningTokens", isPart: true },
  { title: "Tokens", of: "totalTokens", isPart: false },
] as const;

/** Tokens and cost of several things, side by side. */
export function UsageTable({ columns }: { readonly columns: readonly UsageColumn[] }) {
  return (
    <table className="usage-table">
      <caption className="unseen">Tokens and cost</caption>
      <thead>
        <tr>
          <td />
          {columns.map(({ title }) => (
            <th scope="col" key={title}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ title, of, isPart }) => (
          <tr key={of} data-part={isPart || undefined}>
            <th scope="row">{title}</th>
            {columns.map((column) => (
              <td key={column.title}>{column.usage ? figure(column.usage[of]) : "–"}</td>
            ))}
          </tr>
        ))}
        <tr className="usage-table__cost">
          <th scope="row">Cost</th>
          {columns.map(({ title, usage }) => (
            <td key={title}>{usage ? (money(usage.costMicros) ?? "No price") : "–"}</td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

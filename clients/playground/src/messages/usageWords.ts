/** Tokens and what they cost, in a short line. */

import type { Usage } from "weft-client";

const number = new Intl.NumberFormat("en");

export function usageWords(
  usage: Pick<Usage, "inputTokens" | "outputTokens" | "totalTokens" | "costMicros"> | null,
): string | null {
  if (usage === null || usage.totalTokens === 0) return null;
  const tokens = `${number.format(usage.inputTokens)} tokens in, ${number.format(usage.outputTokens)} out`;
  return usage.costMicros === null ? tokens : `${tokens} · ${dollars(usage.costMicros)}`;
}

/** Two digits that say something, however small the sum. */
function dollars(micros: number): string {
  const sum = micros / 1_000_000;
  if (sum >= 0.1 || micros === 0) return `$${sum.toFixed(2)}`;
  return `$${Number(sum.toPrecision(2)).toFixed(6).replace(/0+$/, "")}`;
}

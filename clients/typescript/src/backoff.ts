/** How long to wait before trying again: 250 ms doubling up to 5 s, spread so that many windows do not come at once. */

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

export function backoffMs(attempt: number): number {
  const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return base * (0.75 + Math.random() / 2);
}

/** What the details say about numbers, times and sums. */

const number = new Intl.NumberFormat("en");
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function count(value: number, one: string, many = `${one}s`): string {
  return `${number.format(value)} ${value === 1 ? one : many}`;
}

export function figure(value: number): string {
  return number.format(value);
}

/** Two digits that say something, however small the sum; null when there is no price. */
export function money(micros: number | null): string | null {
  if (micros === null) return null;
  const sum = micros / 1_000_000;
  if (sum >= 0.1 || micros === 0) return `$${sum.toFixed(2)}`;
  return `$${Number(sum.toPrecision(2)).toFixed(6).replace(/0+$/, "")}`;
}

export function at(iso: string | null): string | null {
  return iso === null ? null : moment.format(new Date(iso));
}

/** How long it took from one moment to another; null when one of them has not come. */
export function between(from: string | null, to: string | null): string | null {
  return from === null || to === null ? null : lasting(Date.parse(to) - Date.parse(from));
}

/** Milliseconds as people say them. */
export function lasting(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const hours = Math.floor(seconds / 3_600);
  const rest = `${Math.floor((seconds % 3_600) / 60)} min ${seconds % 60} s`;
  return hours === 0 ? rest : `${hours} h ${rest}`;
}

/** How much a text is, in the unit that fits. */
export function size(characters: number): string {
  if (characters < 1_000) return count(characters, "character");
  const [amount, unit] = characters < 1_000_000 ? [characters / 1_000, "kB"] : [characters / 1_000_000, "MB"];
  return `${amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${unit}`;
}

/** A name of an enumeration as a word: CONTENT_FILTER becomes "Content filter". */
export function spoken(name: string): string {
  const words = name.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

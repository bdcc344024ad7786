/** Times as a reader would say them. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

const DAY_MS = 86_400_000;

/** Today: the clock. This week: the weekday. Else the date. */
export function shortTime(iso: string, now = new Date()): string {
  const time = new Date(iso);
  if (time.toDateString() === now.toDateString()) return clock.format(time);
  return (now.getTime() - time.getTime() < 6 * DAY_MS ? weekday : date).format(time);
}

export function fullTime(iso: string): string {
  return full.format(new Date(iso));
}

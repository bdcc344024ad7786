/** The open thread lives in the address (`/?thread=thr_…`), so that a reload or a second window shows the same one. */

export function threadInAddress(): string | null {
  return new URLSearchParams(window.location.search).get("thread");
}

export function addressOf(threadId: string | null): string {
  return threadId === null ? "/" : `/?thread=${encodeURIComponent(threadId)}`;
}

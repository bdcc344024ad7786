/** Tells when a connection may be dead though nothing said so: the network is back, the page is shown again, the device slept. */

const TICK_MS = 5_000;
const SLEPT_MS = 15_000;

/** Calls the listener after each such moment, with something when the network is another one; the answer ends it. */
export function onWake(listener: (isBack?: unknown) => void): () => void {
  let last = Date.now();
  const tick = setInterval(() => {
    const slept = Date.now() - last > SLEPT_MS;
    last = Date.now();
    if (slept) listener();
  }, TICK_MS);
  (tick as { unref?: () => void }).unref?.();
  const shown = () => {
    if (document.visibilityState === "visible") listener();
  };
  const page = typeof window === "object" && typeof window.addEventListener === "function" ? window : null;
  page?.addEventListener("online", listener);
  page?.document?.addEventListener("visibilitychange", shown);
  return () => {
    clearInterval(tick);
    page?.removeEventListener("online", listener);
    page?.document?.removeEventListener("visibilitychange", shown);
  };
}

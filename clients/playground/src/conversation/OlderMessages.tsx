import { useEffect, useRef, type RefObject } from "react";
import type { PageStatus } from "weft-client/react";

interface OlderMessagesProps {
  readonly view: RefObject<HTMLDivElement | null>;
  readonly status: PageStatus;
  readonly count: number;
  /** The last page could not be read: it is tried again when the reader says so. */
  readonly isFailed: boolean;
  readonly onLoad: () => void;
}

/** How far above the window the older messages are read already. */
const AHEAD = "600px 0px 0px 0px";

/** Reads the page before the first message when that comes near; its button is for those who do not scroll. */
export function OlderMessages({ view, status, count, isFailed, onLoad }: OlderMessagesProps) {
  const top = useRef<HTMLDivElement>(null);
  const wanted = status === "CanLoadMore" && !isFailed;
  useEffect(() => {
    if (!wanted || !top.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) onLoad();
      },
      { root: view.current, rootMargin: AHEAD },
    );
    observer.observe(top.current);
    return () => observer.disconnect();
    // Observed anew after each page: what stays in view reports itself only once.
  }, [wanted, count, onLoad, view]);
  if (status !== "CanLoadMore" && status !== "LoadingMore") return null;
  return (
    <div ref={top} className="older">
      <button className="quiet-button" type="button" disabled={status === "LoadingMore"} onClick={onLoad}>
        {status === "LoadingMore" ? "Loading…" : "Load older messages"}
      </button>
    </div>
  );
}

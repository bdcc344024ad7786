import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

/** Closer to the end than this counts as being there. */
const NEAR_PX = 40;
/** A scroll this soon after a wheel, a finger or a key is the reader's own. */
const OWN_MS = 300;
const inputs = ["wheel", "touchmove", "keydown", "pointerdown"] as const;

export interface StickToBottom {
  readonly view: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly atBottom: boolean;
  readonly toBottom: () => void;
}

/**
 * Keeps the end of a growing list in view until the reader scrolls up, and keeps what the reader looks at in place when
 * something is put above it. `first` names the topmost item, `thread` the list: another list starts at its end.
 *
 * Messages get their true height only when they come into view, so that the page may scroll by itself: that is not the
 * reader leaving the end.
 */
export function useStickToBottom(thread: unknown, first: string | undefined): StickToBottom {
  const view = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticking = useRef(true);
  const anchor = useRef<Anchor | null>(null);
  const [atBottom, setAtBottom] = useState(true);

  const toBottom = useCallback(() => {
    sticking.current = true;
    setAtBottom(true);
    if (view.current) view.current.scrollTop = view.current.scrollHeight;
  }, []);

  useLayoutEffect(toBottom, [thread, toBottom]);

  useLayoutEffect(() => {
    const element = view.current;
    if (!element) return;
    if (sticking.current) element.scrollTop = element.scrollHeight;
    else if (anchor.current?.row.isConnected)
      element.scrollTop += topOf(anchor.current.row, element) - anchor.current.top;
  }, [first]);

  useEffect(() => {
    const element = view.current;
    const list = content.current;
    if (!element || !list) return;
    let height = element.scrollHeight;
    let touchedAt = -OWN_MS;
    const onInput = () => (touchedAt = performance.now());
    const stick = () => (element.scrollTop = element.scrollHeight);
    const onScroll = () => {
      const isNear = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      const isOwn = performance.now() - touchedAt < OWN_MS || element.scrollHeight === height;
      height = element.scrollHeight;
      if (!isNear && sticking.current && !isOwn) return stick();
      sticking.current = isNear;
      setAtBottom(isNear);
      anchor.current = isNear ? null : anchorIn(element);
    };
    const observer = new ResizeObserver(() => {
      height = element.scrollHeight;
      if (sticking.current) stick();
      else anchor.current = anchorIn(element);
    });
    observer.observe(element);
    observer.observe(list);
    element.addEventListener("scroll", onScroll, { passive: true });
    for (const input of inputs) element.addEventListener(input, onInput, { passive: true });
    return () => {
      observer.disconnect();
      for (const input of inputs) element.removeEventListener(input, onInput);
      element.removeEventListener("scroll", onScroll);
    };
  }, []);

  return { view, content, atBottom, toBottom };
}

/** A message in view, and where it is seen. */
interface Anchor {
  readonly row: HTMLElement;
  readonly top: number;
}

/** Looked for at a few places, for there are gaps between messages: going through a thousand of them would take too long. */
function anchorIn(view: HTMLElement): Anchor | null {
  const { left, top, width, height } = view.getBoundingClientRect();
  for (const share of [0.1, 0.15, 0.4, 0.45, 0.7]) {
    const row = document.elementFromPoint(left + width / 2, top + share * height)?.closest<HTMLElement>(".message");
    if (row && view.contains(row)) return { row, top: topOf(row, view) };
  }
  return null;
}

function topOf(row: HTMLElement, view: HTMLElement): number {
  return row.getBoundingClientRect().top - view.getBoundingClientRect().top;
}

import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

/** Closer to the end than this counts as being there. */
const NEAR_PX = 40;

export interface StickToBottom {
  readonly view: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly atBottom: boolean;
  readonly toBottom: () => void;
}

/**
 * Keeps the end of a growing list in view until the reader scrolls up, and keeps what the reader looks at in place when
 * something is put above it. `first` names the topmost item, `thread` the list: another list starts at its end.
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
    else if (anchor.current?.row.isConnected) element.scrollTop += topOf(anchor.current.row, element) - anchor.current.top;
  }, [first]);

  useEffect(() => {
    const element = view.current;
    const list = content.current;
    if (!element || !list) return;
    const onScroll = () => {
      sticking.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      setAtBottom(sticking.current);
      anchor.current = sticking.current ? null : anchorIn(element);
    };
    const observer = new ResizeObserver(() => {
      if (sticking.current) element.scrollTop = element.scrollHeight;
      else anchor.current = anchorIn(element);
    });
    observer.observe(element);
    observer.observe(list);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
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

function anchorIn(view: HTMLElement): Anchor | null {
  for (const row of view.querySelectorAll<HTMLElement>(".message")) {
    const top = topOf(row, view);
    if (top + row.offsetHeight > 0) return { row, top };
  }
  return null;
}

function topOf(row: HTMLElement, view: HTMLElement): number {
  return row.getBoundingClientRect().top - view.getBoundingClientRect().top;
}

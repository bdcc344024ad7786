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
  const height = useRef(0);
  const [atBottom, setAtBottom] = useState(true);

  const toBottom = useCallback(() => {
    sticking.current = true;
    setAtBottom(true);
    if (view.current) view.current.scrollTop = view.current.scrollHeight;
  }, []);

  useLayoutEffect(toBottom, [thread, toBottom]);

  useLayoutEffect(() => {
    const element = view.current;
    if (element && !sticking.current) element.scrollTop += element.scrollHeight - height.current;
  }, [first]);

  useEffect(() => {
    const element = view.current;
    if (!element || !content.current) return;
    const onScroll = () => {
      sticking.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      setAtBottom(sticking.current);
    };
    const observer = new ResizeObserver(() => {
      height.current = element.scrollHeight;
      if (sticking.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    observer.observe(content.current);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, []);

  return { view, content, atBottom, toBottom };
}

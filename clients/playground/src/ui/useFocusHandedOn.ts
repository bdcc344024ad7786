import { useLayoutEffect, useRef, type RefObject } from "react";

/** For what goes away by itself: if the focus is in it then, the tool call around it takes the focus. */
export function useFocusHandedOn<Kind extends HTMLElement>(): RefObject<Kind | null> {
  const ref = useRef<Kind>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    return () => {
      if (element?.contains(document.activeElement))
        element.closest<HTMLElement>(".tool")?.focus({ preventScroll: true });
    };
  }, []);
  return ref;
}

import { useCallback, useInsertionEffect, useRef } from "react";

/** A function that stays the same while what it does is always the newest: for handlers that must not cause renders. */
export function useEvent<Arguments extends readonly unknown[], Result>(
  handler: (...call: Arguments) => Result,
): (...call: Arguments) => Result {
  const latest = useRef(handler);
  useInsertionEffect(() => {
    latest.current = handler;
  });
  return useCallback((...call: Arguments) => latest.current(...call), []);
}

import { createElement, Fragment, useEffect, useState } from "react";

import { TextSmoother as Machine, TICK_MS, type SmoothTextOptions } from "../smoothText.js";

export interface SmoothTextState {
  /** Characters that are visible. */
  readonly cursor: number;
  /** More is to be shown. */
  readonly isStreaming: boolean;
}

/**
 * The text as far as it is to be seen now: what streams in bursts is shown at an even pace. What is there at first
 * sight is shown at once, unless `startStreaming`.
 */
export function useSmoothText(text: string, options: SmoothTextOptions = {}): [string, SmoothTextState] {
  const [machine] = useState(() => new Machine(text, options, Date.now()));
  const [, render] = useState(0);
  useEffect(() => {
    machine.change(text, Date.now());
    if (!machine.isStreaming) render((count) => count + 1);
  }, [machine, text]);
  const { visible, cursor } = machine;
  const isStreaming = machine.isStreaming || text.length > cursor;
  // One clock for as long as it streams: a text that grows faster than it ticks must not hold it up.
  useEffect(() => {
    if (!isStreaming) return;
    const timer = setInterval(() => {
      if (machine.tick(Date.now()) || !machine.isStreaming) render((count) => count + 1);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [machine, isStreaming]);
  return [visible, { cursor, isStreaming }];
}

/** A text that is revealed smoothly. */
export function SmoothText({ text, ...options }: SmoothTextOptions & { readonly text: string }) {
  const [visible] = useSmoothText(text, options);
  return createElement(Fragment, null, visible);
}

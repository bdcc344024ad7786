import { useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { ThreadStore } from "weft-client";
import { useUIMessages } from "weft-client/react";

import { Details } from "./details/Details";
import { keep, read } from "./ui/stored";

const WIDTH = "weft.detailsWidth";
const LEAST = 320;
const MOST = 720;
const FIRST = 416;
const STEP = 24;

interface DetailsPaneProps {
  readonly store: ThreadStore;
  /** `viewKey` of the message that is shown. */
  readonly selected: string | null;
  readonly agentName: string | null;
  /** As the conversation shows it. */
  readonly streams: boolean;
  readonly shown: boolean;
  /** It lies over the page instead of beside it. */
  readonly drawer: boolean;
  readonly onClose: () => void;
}

/** The third pane: as wide as the reader drags it, or a drawer, or a sheet on a phone. */
export function DetailsPane(props: DetailsPaneProps) {
  return props.shown ? <ShownPane {...props} /> : null;
}

function ShownPane({ store, selected, agentName, streams, drawer, onClose }: DetailsPaneProps) {
  const { messages } = useUIMessages(store, { stream: streams });
  const message = messages.find(({ viewKey }) => viewKey === selected) ?? null;
  const pane = useRef<HTMLElement>(null);
  const { width, onPointerDown, onKeyDown } = useWidth(pane, drawer);

  // Before paint: as a drawer it takes the focus, and gives it back to what opened it.
  useLayoutEffect(() => {
    if (!drawer) return;
    const opener = document.activeElement;
    pane.current?.focus();
    return () => {
      if (opener instanceof HTMLElement) requestAnimationFrame(() => opener.focus());
    };
  }, [drawer]);

  return (
    <>
      {drawer && <div className="scrim" onClick={onClose} />}
      <aside ref={pane} className={drawer ? "pane pane--drawer" : "pane"} aria-label="Details" tabIndex={-1}>
        {!drawer && (
          <div
            className="pane__edge"
            role="separator"
            aria-orientation="vertical"
            aria-label="Width of the details"
            aria-valuemin={LEAST}
            aria-valuemax={MOST}
            aria-valuenow={width}
            tabIndex={0}
            onPointerDown={onPointerDown}
            onKeyDown={onKeyDown}
          />
        )}
        <Details store={store} message={message} agentName={agentName} onClose={onClose} />
      </aside>
    </>
  );
}

function useWidth(pane: { readonly current: HTMLElement | null }, drawer: boolean) {
  const [width, setWidth] = useState(() => within(Number(read("localStorage", WIDTH)) || FIRST));
  useLayoutEffect(() => {
    pane.current?.style.setProperty("--pane", `${width}px`);
  }, [pane, width, drawer]);
  const resize = (next: number) => {
    setWidth(within(next));
    keep("localStorage", WIDTH, String(within(next)));
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const edge = event.currentTarget;
    edge.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) => resize(window.innerWidth - moved.clientX);
    edge.addEventListener("pointermove", move);
    edge.addEventListener("lostpointercapture", () => edge.removeEventListener("pointermove", move), { once: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: STEP, ArrowRight: -STEP, Home: MOST, End: -MOST }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    resize(width + by);
  };
  return { width, onPointerDown, onKeyDown };
}

function within(width: number): number {
  return Math.round(Math.min(MOST, Math.max(LEAST, width)));
}

import { useLayoutEffect, useRef } from "react";

import { addressOf } from "./address";
import { ConnectionBadge } from "./ConnectionBadge";
import { Icon } from "./Icon";
import { isPlainClick } from "./isPlainClick";
import { ThreadList } from "./ThreadList";
import type { ThreadListSession } from "./threadListSession";
import { WovenMark } from "./WovenMark";

interface SidebarProps {
  readonly session: ThreadListSession;
  readonly current: string | null;
  readonly narrow: boolean;
  readonly shown: boolean;
  readonly onOpen: (threadId: string | null) => void;
  readonly onClose: () => void;
}

/** All threads. As a drawer it takes the focus while it is open and cannot be reached while it is closed. */
export function Sidebar({ session, current, narrow, shown, onOpen, onClose }: SidebarProps) {
  const newThread = useRef<HTMLAnchorElement>(null);
  const opener = useRef<Element | null>(null);
  // Before paint: the browser has not yet taken the focus away from what the drawer covers or uncovers.
  useLayoutEffect(() => {
    if (narrow && shown) {
      opener.current = document.activeElement;
      newThread.current?.focus();
    } else if (opener.current instanceof HTMLElement) {
      opener.current.focus();
      opener.current = null;
    }
  }, [narrow, shown]);

  return (
    <>
      {narrow && shown && <div className="scrim" onClick={onClose} />}
      <nav className="sidebar" aria-label="Threads" data-shown={shown} inert={!shown}>
        <header className="sidebar__head">
          <span className="brand">
            <WovenMark />
            Weft
          </span>
          {narrow && (
            <button className="icon-button" type="button" onClick={onClose} aria-label="Close the thread list">
              <Icon name="close" />
            </button>
          )}
        </header>
        <a
          className="new-thread"
          ref={newThread}
          href={addressOf(null)}
          onClick={(event) => {
            if (!isPlainClick(event)) return;
            event.preventDefault();
            onOpen(null);
          }}
        >
          <Icon name="plus" />
          New thread
        </a>
        <ThreadList session={session} current={current} onOpen={onOpen} />
        <footer className="sidebar__foot">
          <ConnectionBadge />
          <a href="/graphiql">GraphiQL</a>
        </footer>
      </nav>
    </>
  );
}

import { useLayoutEffect, useRef, useState, type RefObject } from "react";

import { ConnectionBadge } from "../connection/ConnectionBadge";
import { useServer } from "../connection/ServerContext";
import { keyFor } from "../connection/settings";
import type { Session } from "../connection/useSession";
import { Icon } from "../ui/Icon";
import { isPlainClick } from "../ui/isPlainClick";
import { useRested } from "../ui/useRested";
import { WovenMark } from "../ui/WovenMark";
import { addressOf } from "./address";
import { PeoplePicker } from "./PeoplePicker";
import type { People } from "./people";
import { ThreadList } from "./ThreadList";

interface SidebarProps {
  readonly session: Session;
  readonly people: People;
  readonly onPeople: (people: People) => void;
  readonly current: string | null;
  readonly narrow: boolean;
  readonly shown: boolean;
  /** The details lie over it: it must not take focus or clicks. */
  readonly covered: boolean;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onOpen: (threadId: string | null) => void;
  readonly onClose: () => void;
  readonly onKeys: () => void;
}

/** Users and threads. As a drawer it takes the focus while it is open and cannot be reached while it is closed. */
export function Sidebar(props: SidebarProps) {
  const { session, people, onPeople, current, narrow, shown, covered, search, onOpen, onClose, onKeys } = props;
  const newThread = useRef<HTMLAnchorElement>(null);
  const [text, setText] = useState("");
  const [archived, setArchived] = useState(false);
  const title = useRested(text.trim());
  useHandedFocus(narrow && shown, newThread);

  return (
    <>
      {narrow && shown && <div className="scrim" onClick={onClose} />}
      <nav className="sidebar" aria-label="Threads" data-shown={shown} inert={!shown || covered}>
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
        {session.seesAll && <PeoplePicker people={people} onPick={onPeople} />}
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
        <div className="find" role="search">
          <Icon name="search" />
          <input
            ref={search}
            className="find__input"
            type="search"
            aria-label="Find threads by title"
            placeholder="Find by title"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <button
            className="icon-button find__archived"
            type="button"
            aria-pressed={archived}
            aria-label="Archived threads"
            title="Archived threads"
            onClick={() => setArchived(!archived)}
          >
            <Icon name="archive" />
          </button>
        </div>
        <h2 className="sidebar__title">{listName(archived, session.viewer === null || session.seesAll, people)}</h2>
        <ThreadList people={people} title={title} archived={archived} current={current} onOpen={onOpen} />
        <SidebarFoot session={session} onKeys={onKeys} />
      </nav>
    </>
  );
}

function listName(archived: boolean, seesAll: boolean, people: People): string {
  const kind = archived ? "Archived threads" : "Threads";
  if (!seesAll) return archived ? "Your archived threads" : "Your threads";
  return people.kind === "anonymous"
    ? `${kind} of nobody`
    : people.kind === "user"
      ? `${kind} of ${people.userId}`
      : kind;
}

/** GraphiQL is there where nobody is asked who they are, unless the settings say otherwise. */
function SidebarFoot({ session, onKeys }: { readonly session: Session; readonly onKeys: () => void }) {
  const { url, choose } = useServer();
  const host = url === "" ? "This server" : new URL(url).host;
  const { viewer } = session;
  const who = viewer?.userId ?? (viewer ? [...viewer.scopes].join(", ") : "");
  return (
    <footer className="sidebar__foot">
      <div className="server">
        <button className="server__name" type="button" onClick={() => choose()} title="Server and key">
          <Icon name="server" />
          <span className="server__host">{host}</span>
          {who !== "" && <span className="server__viewer">{who}</span>}
        </button>
        <ConnectionBadge />
      </div>
      <button className="icon-button" type="button" onClick={onKeys} aria-label="Keyboard shortcuts">
        <Icon name="keyboard" />
      </button>
      {url === "" && keyFor("") === null && (
        <a className="icon-button" href="/graphiql" aria-label="GraphiQL" title="GraphiQL">
          <Icon name="code" />
        </a>
      )}
    </footer>
  );
}

/** The focus goes into the drawer when it opens, and back to what opened it. */
function useHandedFocus(isOpen: boolean, first: RefObject<HTMLElement | null>): void {
  const opener = useRef<Element | null>(null);
  // Before paint: the browser has not yet taken the focus away from what the drawer covers or uncovers.
  useLayoutEffect(() => {
    if (isOpen) {
      opener.current = document.activeElement;
      first.current?.focus();
    } else if (opener.current instanceof HTMLElement) {
      opener.current.focus();
      opener.current = null;
    }
  }, [isOpen, first]);
}

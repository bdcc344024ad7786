import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { isAnswering, type ThreadMessage } from "weft-client";

import { optionsOf, writtenIn } from "./composer/outgoing";
import { ServerProvider, useServer } from "./connection/ServerContext";
import { useAgents } from "./connection/useAgents";
import { useSession } from "./connection/useSession";
import { Conversation } from "./conversation/Conversation";
import { DetailsPane } from "./DetailsPane";
import { ownerFor, peopleName, peopleOf } from "./threads/people";
import { Sidebar } from "./threads/Sidebar";
import { titleOf } from "./threads/threadTitle";
import { useCurrentThread } from "./threads/useCurrentThread";
import { Notices } from "./ui/Notices";
import { ShortcutsDialog } from "./ui/ShortcutsDialog";
import { useShortcuts, type Command } from "./ui/shortcuts";
import { useKeptState } from "./ui/useKeptState";
import { useMediaQuery } from "./ui/useMediaQuery";

export function App() {
  return (
    <Notices>
      <ServerProvider>
        <Playground />
      </ServerProvider>
    </Notices>
  );
}

/** Users and threads, the open thread, and its details. On narrow screens the outer two are drawers. */
function Playground() {
  const { round } = useServer();
  const session = useSession();
  const agents = useAgents();
  const [people, setPeople] = useKeptState("sessionStorage", "weft.people", peopleOf);
  const [options, setOptions] = useKeptState("sessionStorage", "weft.options", optionsOf);
  const [detailsOpen, setDetailsOpen] = useKeptState("localStorage", "weft.details", (kept) => kept === true);
  const newOwner = session.seesAll ? ownerFor(people) : undefined;
  const { store, open } = useCurrentThread((message) => ({
    title: titleOf(writtenIn(message)) || null,
    ...(newOwner === undefined ? {} : { userId: newOwner }),
  }));
  const narrow = useMediaQuery("(max-width: 48rem)");
  const wide = useMediaQuery("(min-width: 80rem)");
  const [drawer, setDrawer] = useState<"threads" | "details" | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const [showsKeys, setShowsKeys] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const current = useSyncExternalStore(store.subscribe, () => store.state().threadId);
  const detailsShown = wide ? detailsOpen : drawer === "details";

  useEffect(() => setSelected(null), [store]);
  const seen = useRef(round);
  useEffect(() => {
    if (seen.current !== round) store.reload();
    seen.current = round;
  }, [round, store]);

  const openThread = useCallback(
    (threadId: string | null) => {
      open(threadId);
      setDrawer(null);
    },
    [open],
  );
  const showDetails = (shown: boolean) => {
    if (wide) setDetailsOpen(shown);
    else setDrawer(shown ? "details" : null);
  };
  const select = (message: ThreadMessage, opens: boolean) => {
    if (opens || detailsShown) setSelected(message.viewKey);
    if (opens) showDetails(true);
  };
  const run = (command: Command, event: KeyboardEvent) => {
    if (command === "escape") {
      if (document.querySelector(":popover-open")) return;
      if (drawer !== null) setDrawer(null);
      else if (isAnswering(store.state())) void store.stop().catch(() => undefined);
      return;
    }
    event.preventDefault();
    if (command === "help") setShowsKeys(true);
    if (command === "write") document.getElementById("prompt")?.focus();
    if (command === "newThread") openThread(null);
    if (command === "details") showDetails(!detailsShown);
    if (command === "messages") [...document.querySelectorAll<HTMLElement>(".message")].at(-1)?.focus();
    if (command === "search") {
      if (narrow) setDrawer("threads");
      requestAnimationFrame(() => search.current?.focus());
    }
  };
  const [singleKeys, setSingleKeys] = useShortcuts(run);
  const me = session.viewer?.userId ?? null;

  return (
    <div className="page" data-details={(wide && detailsOpen) || undefined}>
      <a className="skip" href="#prompt">
        Skip to the message box
      </a>
      <Sidebar
        session={session}
        people={session.seesAll ? people : peopleOf(null)}
        onPeople={setPeople}
        current={current}
        narrow={narrow}
        shown={!narrow || drawer === "threads"}
        covered={!wide && drawer === "details"}
        search={search}
        onOpen={openThread}
        onClose={() => setDrawer(null)}
        onKeys={() => setShowsKeys(true)}
      />
      <Conversation
        store={store}
        agents={agents}
        options={options}
        onOptions={setOptions}
        owner={(userId) => (userId === null || userId === me ? "You" : userId)}
        newOwner={newOwner === undefined ? null : ownerWords(peopleName(people), newOwner === null)}
        covered={drawer !== null && (narrow || drawer === "details")}
        onMenu={narrow ? () => setDrawer("threads") : null}
        onOpen={openThread}
        selected={selected}
        onSelect={select}
        detailsOpen={detailsShown}
        onDetails={() => showDetails(!detailsShown)}
      />
      <DetailsPane
        store={store}
        selected={selected}
        agentName={agents.chosen}
        streams={options.streams}
        shown={detailsShown}
        drawer={!wide}
        onClose={() => showDetails(false)}
      />
      {showsKeys && (
        <ShortcutsDialog singleKeys={singleKeys} onSingleKeys={setSingleKeys} onClose={() => setShowsKeys(false)} />
      )}
    </div>
  );
}

function ownerWords(name: string, isNobody: boolean): string {
  return isNobody
    ? "The new thread will belong to nobody."
    : `The new thread will belong to ${name}: you write in their name.`;
}

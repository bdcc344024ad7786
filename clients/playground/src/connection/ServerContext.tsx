import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import type { WeftClient } from "weft-client";
import { WeftProvider } from "weft-client/react";

import { clientFor, closeOthers, onRefused } from "./clients";
import { ConnectionDialog } from "./ConnectionDialog";
import { chosenServer, keepKey, keepServer, type Key } from "./settings";

export interface ServerChoice {
  readonly client: WeftClient;
  /** The endpoint; empty for the page's own server. */
  readonly url: string;
  /** Changes when another key was accepted: what was refused is asked for again. */
  readonly round: number;
  /** Opens the dialog with address and key. `refused`: because the server did not take the key. */
  readonly choose: (refused?: boolean) => void;
}

const Context = createContext<ServerChoice | null>(null);

export function useServer(): ServerChoice {
  const choice = useContext(Context);
  if (!choice) throw new Error("useServer needs a ServerProvider around it");
  return choice;
}

/** The server that the page talks to. Whenever that refuses the key, its dialog opens; what is behind it stays as it is. */
export function ServerProvider({ children }: { readonly children: ReactNode }) {
  const [url, setUrl] = useState(chosenServer);
  const [round, setRound] = useState(0);
  const [asking, setAsking] = useState<"chosen" | "refused" | null>(null);
  const client = clientFor(url);
  const choose = useCallback(
    (refused = false) => setAsking((before) => before ?? (refused ? "refused" : "chosen")),
    [],
  );
  useEffect(() => onRefused(() => choose(true)), [choose]);

  const accept = (next: string, key: Key | null) => {
    keepServer(next);
    keepKey(next, key);
    closeOthers(next);
    if (next !== url) window.history.replaceState(null, "", "/");
    setUrl(next);
    setRound((before) => before + 1);
    setAsking(null);
  };
  const choice = useMemo(() => ({ client, url, round, choose }), [client, url, round, choose]);
  return (
    <Context.Provider value={choice}>
      <WeftProvider client={client} key={url}>
        {children}
      </WeftProvider>
      {asking !== null && (
        <ConnectionDialog
          url={url}
          isRefused={asking === "refused"}
          onAccept={accept}
          onClose={() => setAsking(null)}
        />
      )}
    </Context.Provider>
  );
}

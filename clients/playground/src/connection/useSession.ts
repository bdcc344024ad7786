import { useState } from "react";

import { SessionDocument, type SessionQuery } from "../playgroundOperations";
import { useServer } from "./ServerContext";
import { useRetried } from "./useRetried";

export interface Session {
  /** Null until the server has answered. */
  readonly viewer: SessionQuery["viewer"] | null;
  readonly version: string | null;
  /** May see everybody's threads. */
  readonly seesAll: boolean;
}

/** Who we are to the server. */
export function useSession(): Session {
  const { client, round } = useServer();
  const [session, setSession] = useState<SessionQuery | null>(null);
  useRetried(() => client.request(SessionDocument, {}), setSession, round);
  const scopes = session?.viewer.scopes ?? [];
  return {
    viewer: session?.viewer ?? null,
    version: session?.serverInfo.version ?? null,
    seesAll: scopes.includes("admin") || scopes.includes("service"),
  };
}

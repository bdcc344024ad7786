import { useState } from "react";
import type { Agent } from "weft-client";

import { keep, read } from "../ui/stored";
import { useServer } from "./ServerContext";
import { useRetried } from "./useRetried";

const REMEMBERED = "weft.agent";

export interface AgentChoice {
  /** Null until the server has answered. */
  readonly agents: readonly Agent[] | null;
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
}

/** The server's agents and the one this browser writes to; the choice is remembered. */
export function useAgents(): AgentChoice {
  const { client, round } = useServer();
  const [agents, setAgents] = useState<readonly Agent[] | null>(null);
  const [wanted, setWanted] = useState(() => read("localStorage", REMEMBERED));
  useRetried(() => client.agents(), setAgents, round);
  const choose = (name: string) => {
    keep("localStorage", REMEMBERED, name);
    setWanted(name);
  };
  const known = agents?.find((agent) => agent.name === wanted) ?? agents?.[0];
  return { agents, chosen: known?.name ?? null, choose };
}

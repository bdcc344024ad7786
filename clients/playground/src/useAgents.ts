import { useEffect, useState } from "react";

import { backoffMs } from "./backoff";
import { request } from "./http";
import type { Agent } from "./model";
import { agentsQuery } from "./operations";

const REMEMBERED = "weft.agent";

export interface AgentChoice {
  /** Null until the server has answered. */
  readonly agents: readonly Agent[] | null;
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
}

/** The server's agents and the one this browser writes to; the choice is remembered. */
export function useAgents(): AgentChoice {
  const [agents, setAgents] = useState<readonly Agent[] | null>(null);
  const [wanted, setWanted] = useState(() => localStorage.getItem(REMEMBERED));

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let unmounted = false;
    const read = (attempt: number) => {
      request(agentsQuery, {}).then(
        (data) => unmounted || setAgents(data.agents),
        () => {
          if (!unmounted) timer = setTimeout(() => read(attempt + 1), backoffMs(attempt));
        },
      );
    };
    read(0);
    return () => {
      unmounted = true;
      clearTimeout(timer);
    };
  }, []);

  const choose = (name: string) => {
    localStorage.setItem(REMEMBERED, name);
    setWanted(name);
  };
  const known = agents?.find((agent) => agent.name === wanted) ?? agents?.[0];
  return { agents, chosen: known?.name ?? null, choose };
}

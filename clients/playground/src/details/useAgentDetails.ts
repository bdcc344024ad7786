import { useWeft } from "weft-client/react";

import { AgentDetailsDocument, type AgentDetailsQuery } from "./operations";
import { useAsked, type Asked } from "./useAsked";

export type AgentDetails = AgentDetailsQuery["agents"][number];

/** Everything the server tells of its agents. */
export function useAgentDetails(): Asked<readonly AgentDetails[]> {
  const client = useWeft();
  return useAsked("agents", "", async () => (await client.request(AgentDetailsDocument, {})).agents);
}

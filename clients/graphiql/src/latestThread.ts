import type { FetcherParams } from "@graphiql/toolkit";

import { knownFetch } from "./knownFetch";

const LATEST = "latest";
const QUERY = "query LatestThread { threads(first: 1, orderBy: LAST_MESSAGE) { edges { node { id } } } }";

interface LatestThread {
  data?: { threads: { edges: { node: { id: string } }[] } };
}

/** Puts the id of the thread used last where a variable `threadId` (also inside `input`) says "latest". */
export async function fillLatestThread(params: FetcherParams): Promise<FetcherParams> {
  const variables: unknown = params.variables;
  if (!isRecord(variables)) return params;
  const input = variables.input;
  if (variables.threadId === LATEST) {
    return { ...params, variables: { ...variables, threadId: await latestThreadId() } };
  }
  if (isRecord(input) && input.threadId === LATEST) {
    return { ...params, variables: { ...variables, input: { ...input, threadId: await latestThreadId() } } };
  }
  return params;
}

async function latestThreadId(): Promise<string> {
  const response = await knownFetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: QUERY }),
  });
  const answer = (await response.json()) as LatestThread;
  const id = answer.data?.threads.edges[0]?.node.id;
  if (!id) throw new Error('There is no thread yet: run the "CreateThread" tab first, then this one again.');
  return id;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The server's own word on what is stored: one GraphQL request over HTTP. */

import { DEADLINE } from "./browser.mjs";

export async function ask(base, query, variables = {}) {
  const response = await fetch(new URL("/graphql", base), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(DEADLINE),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`GraphQL: ${JSON.stringify(errors)}`);
  return data;
}

const THREAD = `query ($id: ID!) {
  thread(id: $id) {
    title
    uiMessages(last: 100) { edges { node { key role status text error clientId } } }
    generations(last: 1) { edges { node { status } } }
  }
}`;

/** The stored messages of a thread, oldest first, and the status of its last generation. */
export async function storedThread(base, id) {
  const { thread } = await ask(base, THREAD, { id });
  return {
    title: thread.title,
    messages: thread.uiMessages.edges.map((edge) => edge.node),
    generation: thread.generations.edges[0]?.node.status,
  };
}

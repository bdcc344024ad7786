import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";

import { fillLatestThread } from "./latestThread";
import { writtenOperation } from "./writtenOperation";

const wsUrl = new URL("/graphql", window.location.href);
wsUrl.protocol = wsUrl.protocol === "https:" ? "wss:" : "ws:";

const send = createGraphiQLFetcher({
  url: "/graphql",
  headers: { accept: "application/graphql-response+json, application/json;q=0.9" },
  enableIncrementalDelivery: false,
  wsClient: createClient({ url: wsUrl.href, retryAttempts: 10 }),
});

/** Queries and mutations over HTTP, subscriptions over graphql-transport-ws, both to the host that served the page. */
export const fetcher: Fetcher = async (params, options) => {
  const [written, opts] = writtenOperation(params, options);
  return send(await fillLatestThread(written), opts);
};

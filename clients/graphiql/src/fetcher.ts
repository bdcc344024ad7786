import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";

import { askForCredential, credential } from "./credential";
import { knownFetch } from "./knownFetch";
import { fillLatestThread } from "./latestThread";
import { writtenOperation } from "./writtenOperation";

const wsUrl = new URL("/graphql", window.location.href);
wsUrl.protocol = wsUrl.protocol === "https:" ? "wss:" : "ws:";

/** What a server closes a socket with when it does not know who asks, or not any more. */
const FORBIDDEN = 4403;

const socket = createClient({
  url: wsUrl.href,
  retryAttempts: 10,
  connectionParams: () => {
    const key = credential();
    return key === null ? {} : { authorization: `Bearer ${key}` };
  },
  on: {
    closed: (event) => {
      if (event instanceof CloseEvent && event.code === FORBIDDEN) {
        void askForCredential(credential() === null ? "wanted" : "refused");
      }
    },
  },
});

const send = createGraphiQLFetcher({
  url: "/graphql",
  fetch: knownFetch,
  headers: { accept: "application/graphql-response+json, application/json;q=0.9" },
  enableIncrementalDelivery: false,
  wsClient: socket,
});

/** Queries and mutations over HTTP, subscriptions over graphql-transport-ws, both to the host that served the page. */
export const fetcher: Fetcher = async (params, options) => {
  const [written, opts] = writtenOperation(params, options);
  return send(await fillLatestThread(written), opts);
};

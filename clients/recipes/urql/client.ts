/** urql for a Weft server: queries and mutations by HTTP, subscriptions over one socket, one normalized cache. */

import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import type { ClientOptions } from "graphql-ws";

import { connect, headers, type Server } from "../shared/socket.js";
import { cacheOptions } from "./cache.js";

export function createUrql(server: Server, socket?: Partial<ClientOptions>): Client {
  const live = connect(server, socket);
  return new Client({
    ...byHttp(server),
    exchanges: [
      cacheExchange(cacheOptions),
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: live.subscribe(
              { query: query ?? "", variables: variables as Record<string, unknown> },
              sink as never,
            ),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
}

/** The same without a socket: subscriptions are server-sent events, each in a request of its own. */
export function createUrqlOverSSE(server: Server): Client {
  return new Client({
    ...byHttp(server),
    fetchSubscriptions: true,
    exchanges: [cacheExchange(cacheOptions), fetchExchange],
  });
}

function byHttp(server: Server) {
  const signed: typeof fetch = async (input, init) =>
    server.fetch(input, {
      ...init,
      headers: { ...(init?.headers as Record<string, string>), ...(await headers(server)) },
    });
  return { url: server.url, fetch: signed, preferGetMethod: false as const };
}

/** Relay's environment for a Weft server: queries and mutations by HTTP, subscriptions over one socket. */

import type { ClientOptions } from "graphql-ws";
import {
  Environment,
  Network,
  Observable,
  type FetchFunction,
  type GraphQLResponse,
  type SubscribeFunction,
} from "relay-runtime";

import { nameOf } from "../shared/messages.js";
import { connect, headers, type Server } from "../shared/socket.js";

export function createEnvironment(server: Server, socket?: Partial<ClientOptions>): Environment {
  const client = connect(server, socket);

  const ask: FetchFunction = async ({ text }, variables) => {
    const signed = { "content-type": "application/json", ...(await headers(server)) };
    const body = JSON.stringify({ query: text, variables });
    const response = await server.fetch(server.url, { method: "POST", headers: signed, body });
    return (await response.json()) as GraphQLResponse;
  };

  const follow: SubscribeFunction = ({ text }, variables) =>
    Observable.create((sink) => client.subscribe({ query: text ?? "", variables }, sink as never));

  return new Environment({
    network: Network.create(ask, follow),
    // Relay takes `id` for the name of a record. A UIMessage is no Node, and its `id` changes when it is saved.
    getDataID: (value, typename) => (typename === "UIMessage" ? nameOf(value) : value.id),
  });
}

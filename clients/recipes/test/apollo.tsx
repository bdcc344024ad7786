import { ApolloProvider } from "@apollo/client/react";
import type { ClientOptions } from "graphql-ws";
import type { ReactNode } from "react";

import { createApollo } from "../apollo/client.js";
import type { Server } from "../shared/socket.js";

export { Thread } from "../apollo/Thread.js";
export { ThreadList } from "../apollo/ThreadList.js";

export function provider(server: Server, socket: Partial<ClientOptions>) {
  const client = createApollo(server, socket);
  return ({ children }: { readonly children: ReactNode }) => (
    <ApolloProvider client={client}>{children}</ApolloProvider>
  );
}

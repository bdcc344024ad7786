import type { ClientOptions } from "graphql-ws";
import type { ReactNode } from "react";
import { Provider } from "urql";

import type { Server } from "../shared/socket.js";
import { createUrql } from "../urql/client.js";

export { Thread } from "../urql/Thread.js";
export { ThreadList } from "../urql/ThreadList.js";

export function provider(server: Server, socket: Partial<ClientOptions>) {
  const client = createUrql(server, socket);
  return ({ children }: { readonly children: ReactNode }) => <Provider value={client}>{children}</Provider>;
}

import type { ReactNode } from "react";
import { Provider } from "urql";

import type { Server } from "../shared/socket.js";
import { createUrqlOverSSE } from "../urql/client.js";

export { Thread } from "../urql/Thread.js";
export { ThreadList } from "../urql/ThreadList.js";

export function provider(server: Server) {
  const client = createUrqlOverSSE(server);
  return ({ children }: { readonly children: ReactNode }) => <Provider value={client}>{children}</Provider>;
}

import type { ClientOptions } from "graphql-ws";
import { Suspense, type ReactNode } from "react";
import { RelayEnvironmentProvider } from "react-relay";

import { createEnvironment } from "../relay/environment.js";
import type { Server } from "../shared/socket.js";

export { Thread } from "../relay/Thread.js";
export { ThreadList } from "../relay/ThreadList.js";

export function provider(server: Server, socket: Partial<ClientOptions>) {
  const environment = createEnvironment(server, socket);
  return ({ children }: { readonly children: ReactNode }) => (
    <RelayEnvironmentProvider environment={environment}>
      <Suspense>{children}</Suspense>
    </RelayEnvironmentProvider>
  );
}

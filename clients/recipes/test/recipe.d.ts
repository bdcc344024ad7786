/** What each recipe gives to its trial. */
declare module "@recipe" {
  import type { ClientOptions } from "graphql-ws";
  import type { ReactNode } from "react";

  import type { Server } from "../shared/socket.js";

  export function Thread(props: { readonly id: string; readonly agentName: string }): ReactNode;
  export function ThreadList(props: { readonly userId: string; readonly open: (id: string) => void }): ReactNode;
  export function provider(
    server: Server,
    socket: Partial<ClientOptions>,
  ): (props: { readonly children: ReactNode }) => ReactNode;
}

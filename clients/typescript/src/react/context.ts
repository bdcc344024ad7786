import { createContext, createElement, useContext, type ReactNode } from "react";

import type { WeftClient } from "../client.js";

const Context = createContext<WeftClient | null>(null);

/** Gives every hook below it the client to use. */
export function WeftProvider({ client, children }: { readonly client: WeftClient; readonly children?: ReactNode }) {
  return createElement(Context.Provider, { value: client }, children);
}

/** The client of the nearest WeftProvider. Throws when there is none. */
export function useWeft(): WeftClient {
  const client = useContext(Context);
  if (client) return client;
  throw new Error("There is no WeftProvider around this component.");
}

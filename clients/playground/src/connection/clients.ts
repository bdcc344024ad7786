/** One client a server. Its key is read anew for every request, so that another one is used from the next request on. */

import { WeftClient } from "weft-client";

import { keyFor } from "./settings";

const clients = new Map<string, WeftClient>();
const listeners = new Set<() => void>();

export function clientFor(url: string): WeftClient {
  const known = clients.get(url);
  if (known) return known;
  const made = new WeftClient({ ...addressed(url), token: () => keyFor(url)?.text ?? null, fetch: watched });
  clients.set(url, made);
  return made;
}

/** Ends the connections to every other server. */
export function closeOthers(url: string): void {
  for (const [other, client] of clients) {
    if (other === url) continue;
    clients.delete(other);
    client.close();
  }
}

/** A client for one try with a key that is not kept yet. */
export function trialClient(url: string, key: string): WeftClient {
  return new WeftClient({ ...addressed(url), ...(key === "" ? {} : { token: key }) });
}

/** Calls the listener whenever a request was refused for want of a good key. */
export function onRefused(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function watched(...call: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...call);
  if (response.status === 401) for (const listener of listeners) listener();
  return response;
}

function addressed(url: string): { url?: string } {
  return url === "" ? {} : { url };
}

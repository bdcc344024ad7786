/** One graphql-transport-ws socket for everything live. Whoever reconnects goes on after the last event it has seen. */

import { createClient, type Client, type ClientOptions } from "graphql-ws";

export interface Server {
  /** For example `https://example.org/graphql`. */
  readonly url: string;
  /** Asked before every request and every connection; null where nobody needs to sign in. */
  readonly token: () => Promise<string | null>;
  readonly fetch: typeof fetch;
}

export async function headers({ token }: Server): Promise<Record<string, string>> {
  const value = await token();
  return value === null ? {} : { authorization: `Bearer ${value}` };
}

export function connect({ url, token }: Server, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: async () => ({ token: await token() }),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    keepAlive: 10_000,
    ...options,
  });
  return { ...client, subscribe: (payload, sink) => resuming(client, payload, sink) };
}

const resuming: (client: Client, ...rest: Parameters<Client["subscribe"]>) => () => void = (client, payload, sink) => {
  let after: unknown;
  const live = {
    ...payload,
    // Read anew for each connection: a plain value would ask for everything since the first one again.
    get variables() {
      return after === undefined ? payload.variables : { ...payload.variables, after };
    },
  };
  return client.subscribe<Record<string, unknown>>(live, {
    next: (result) => {
      const [event] = Object.values(result.data ?? {});
      after = (event as { cursor?: string } | undefined)?.cursor ?? after;
      sink.next(result as never);
    },
    error: (error) => sink.error(error),
    complete: () => sink.complete(),
  });
};

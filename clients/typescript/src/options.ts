/** What a client is told once: where the server is, and who asks. */

/** A token that is good now, or null for none. A function is asked again for every request and every connection. */
export type Token = string | (() => string | null | Promise<string | null>);

export interface WeftOptions {
  /** The GraphQL endpoint: absolute, or in a browser a path on the page's own server. `/graphql` unless told otherwise. */
  readonly url?: string;
  /** An API key or a JWT. */
  readonly token?: Token;
  /** Sent with every request, and with streams over SSE; sockets of browsers cannot send headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How live events come: `websocket` unless told otherwise; `sse` where sockets cannot pass. */
  readonly transport?: "websocket" | "sse";
  /** In place of the runtime's own, for tests or for older runtimes. */
  readonly fetch?: typeof fetch;
  /** The WebSocket class to use where the runtime has none, such as that of `ws` in Node 20. */
  readonly webSocket?: unknown;
}

export interface Endpoint {
  readonly url: string;
  readonly fetch: typeof fetch;
  /** Null when nobody is named. */
  readonly token: () => Promise<string | null>;
  readonly headers: Readonly<Record<string, string>>;
}

export function endpointOf(options: WeftOptions): Endpoint {
  const base = typeof location === "undefined" ? undefined : location.href;
  const { token = null } = options;
  return {
    url: new URL(options.url ?? "/graphql", base).href,
    fetch: options.fetch ?? ((...call) => fetch(...call)),
    token: async () => (typeof token === "function" ? token() : token),
    headers: options.headers ?? {},
  };
}

/** The headers of a request that takes this kind of answer. */
export async function headersFor(endpoint: Endpoint, accept: string): Promise<Record<string, string>> {
  const token = await endpoint.token();
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return { ...endpoint.headers, ...authorization, "content-type": "application/json", accept };
}

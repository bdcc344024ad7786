/** What a client is told once: where the server is, and who asks. */

import { errorText, WeftError } from "./errors.js";

const TOKEN_WITHIN_MS = 20_000;

/** A token that is good now, or null for none. A function is asked again for every request and every connection. */
export type Token = string | (() => string | null | Promise<string | null>);

export interface WeftOptions {
  /** The GraphQL endpoint: absolute, or in a browser a path on the page's own server. `/graphql` unless told otherwise. */
  readonly url?: string;
  /** An API key or a JWT. What a function raises is told as UNREACHABLE, and asked again with the next attempt. */
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

export function endpointOf({ token, url = "/graphql", headers = {}, ...options }: WeftOptions): Endpoint {
  return {
    url: addressed(url),
    fetch: options.fetch ?? ((...call) => fetch(...call)),
    token: () => asked(token),
    headers,
  };
}

/** Where there is no page, as when a page is rendered on a server, a path leads nowhere until somebody asks for it. */
function addressed(url: string): string {
  if (/^https?:/i.test(url) || typeof location === "undefined") return url;
  return new URL(url, location.href).href;
}

async function asked(token: Token | undefined): Promise<string | null> {
  if (typeof token !== "function") return token ?? null;
  try {
    return await inTime(token());
  } catch (error) {
    if (error instanceof WeftError) throw error;
    throw new WeftError(`There is no token: ${errorText(error)}`, { code: "UNREACHABLE", retryable: true });
  }
}

async function inTime(token: ReturnType<Exclude<Token, string>>): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the function that gives it did not answer")), TOKEN_WITHIN_MS);
  });
  try {
    return await Promise.race([token, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The headers of a request that takes this kind of answer. */
export async function headersFor(endpoint: Endpoint, accept: string): Promise<Record<string, string>> {
  const token = await endpoint.token();
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return { ...endpoint.headers, ...authorization, "content-type": "application/json", accept };
}

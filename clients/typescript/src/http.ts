/** Queries and mutations: one POST each. */

import { topLevelError, unreachable, WeftError, type WireError } from "./errors.js";
import { headersFor, type Endpoint } from "./options.js";

const TIMEOUT_MS = 30_000;
const ACCEPT = "application/graphql-response+json, application/json;q=0.9";

/** A document that knows the types of its result and variables, as codegen writes it. */
export interface Operation<Data, Variables> {
  toString(): string;
  readonly __apiType?: (variables: Variables) => Data;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly WireError[];
}

/** Runs one operation. Raises WeftError for every failure. */
export async function post(endpoint: Endpoint, document: string, variables: unknown): Promise<unknown> {
  const headers = await headersFor(endpoint, ACCEPT);
  const { data, errors } = await answerTo(endpoint, headers, JSON.stringify({ query: document, variables }));
  const [error] = errors ?? [];
  if (error) throw topLevelError(error);
  if (!data) throw new WeftError("The server sent neither data nor an error.", { code: null, retryable: false });
  return data;
}

async function answerTo(endpoint: Endpoint, headers: Record<string, string>, body: string): Promise<Answer> {
  const timeout = timer(TIMEOUT_MS);
  try {
    const response = await endpoint.fetch(endpoint.url, { method: "POST", headers, body, signal: timeout.signal });
    return (await response.json()) as Answer;
  } catch {
    throw unreachable();
  } finally {
    timeout.clear();
  }
}

/** AbortSignal.timeout, which React Native lacks. */
function timer(afterMs: number): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  const id = setTimeout(() => controller.abort(), afterMs);
  return { signal: controller.signal, clear: () => clearTimeout(id) };
}

/** Queries and mutations: one POST each. */

import { asWeftError, refusedWith, topLevelError, WeftError, type WireError } from "./errors.js";
import { headersFor, type Endpoint } from "./options.js";

const TIMEOUT_MS = 30_000;
const ACCEPT = "application/graphql-response+json, application/json;q=0.9";

/** A document that knows the types of its result and variables, as codegen writes it. */
export interface Operation<Data, Variables> {
  toString(): string;
  readonly __apiType?: (variables: Variables) => Data;
}

export interface RequestOptions {
  /** Gives the request up: it fails with ABORTED. What the server has begun it may finish. */
  readonly signal?: AbortSignal;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly WireError[];
}

/** Runs one operation. Raises WeftError for every failure. */
export async function post(endpoint: Endpoint, document: string, variables: unknown, options: RequestOptions = {}): Promise<unknown> {
  const headers = await headersFor(endpoint, ACCEPT);
  const { data, errors } = await answerTo(endpoint, headers, JSON.stringify({ query: document, variables }), options.signal);
  const [error] = errors ?? [];
  if (error) throw topLevelError(error);
  return data;
}

async function answerTo(
  endpoint: Endpoint,
  headers: Record<string, string>,
  body: string,
  given: AbortSignal | undefined,
): Promise<Answer> {
  const limit = limited(given);
  try {
    if (given?.aborted === true) throw aborted();
    const response = await endpoint.fetch(endpoint.url, { method: "POST", headers, body, signal: limit.signal });
    const answer = graphqlAnswer(await response.text());
    if (answer) return answer;
    throw refusedWith(response.status);
  } catch (error) {
    if (given?.aborted === true) throw aborted();
    throw asWeftError(error);
  } finally {
    limit.clear();
  }
}

/** Null for what is not of GraphQL: pages of proxies, empty bodies. */
export function graphqlAnswer(text: string): Answer | null {
  try {
    const answer = JSON.parse(text) as Answer | null;
    return answer?.data || answer?.errors?.length ? answer : null;
  } catch {
    return null;
  }
}

function aborted(): WeftError {
  return new WeftError("This was given up before its answer came.", { code: "ABORTED", retryable: true });
}

/** AbortSignal.timeout and AbortSignal.any, which React Native lacks. */
function limited(given: AbortSignal | undefined): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, TIMEOUT_MS);
  given?.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      given?.removeEventListener("abort", abort);
    },
  };
}

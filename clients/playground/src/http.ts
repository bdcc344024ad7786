/** Queries and mutations: one POST each, to the server that served the page. */

import type { UserError } from "./model";
import type { Operation } from "./operations";

const TIMEOUT_MS = 30_000;

/** A request that gave no result. `retryable`: the server was not reached or could not answer now. */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly code: string | null,
    readonly retryable: boolean,
  ) {
    super(message);
    this.name = "RequestError";
  }
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const retryableCodes: ReadonlySet<string> = new Set(["UNAVAILABLE", "THROTTLED", "DEADLINE_EXCEEDED", "INTERNAL"]);

/** Runs one operation. Raises RequestError for every failure. */
export async function request<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const answer = await post<Data>(JSON.stringify({ query: operation.document, variables }));
  const error = answer.errors?.[0];
  if (error) {
    const code = error.extensions?.code ?? null;
    throw new RequestError(error.message, code, code !== null && retryableCodes.has(code));
  }
  if (!answer.data) throw new RequestError("The server sent neither data nor an error.", null, false);
  return answer.data;
}

async function post<Data>(body: string): Promise<Answer<Data>> {
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json;q=0.9",
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return (await response.json()) as Answer<Data>;
  } catch {
    throw new RequestError("The server cannot be reached.", null, true);
  }
}

/** Passes a mutation's payload on, unless it carries errors the caller has to know about. */
export function accepted<Payload extends { readonly userErrors: readonly UserError[] }>(payload: Payload): Payload {
  const error = payload.userErrors[0];
  if (error) throw new RequestError(error.errorMessage, error.code, false);
  return payload;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

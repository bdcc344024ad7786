/** Everything that fails here fails with a WeftError: a message for people, a code for programs. */

import type { ErrorsFragment } from "./generated/operations.js";

export interface WeftErrorDetails {
  /** `extensions.code`, a UserErrorCode, UNREACHABLE when no answer came, UNSUPPORTED here. Null when none was named. */
  readonly code: string | null;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  /** Path into the mutation's input that the error is about. */
  readonly path?: readonly string[] | null;
  /** RATE_LIMITED: when to try again, RFC 3339. */
  readonly retryAt?: string | null;
}

export class WeftError extends Error {
  readonly code: string | null;
  readonly retryable: boolean;
  readonly path: readonly string[] | null;
  readonly retryAt: string | null;

  constructor(message: string, { code, retryable, path = null, retryAt = null }: WeftErrorDetails) {
    super(message);
    this.name = "WeftError";
    this.code = code;
    this.retryable = retryable;
    this.path = path;
    this.retryAt = retryAt;
  }
}

const passing: ReadonlySet<string> = new Set(["UNAVAILABLE", "THROTTLED", "DEADLINE_EXCEEDED", "INTERNAL"]);

export interface WireError {
  readonly message: string;
  readonly extensions?: { readonly code?: unknown } | undefined;
}

/** A top-level error of a response or of a subscription. */
export function topLevelError({ message, extensions }: WireError): WeftError {
  const code = typeof extensions?.code === "string" ? extensions.code : null;
  return new WeftError(message, { code, retryable: code !== null && passing.has(code) });
}

export function unreachable(): WeftError {
  return new WeftError("The server cannot be reached. Check the network and the address, then try again.", {
    code: "UNREACHABLE",
    retryable: true,
  });
}

const refusals: Readonly<Record<number, readonly [code: string, retryable: boolean, words: string]>> = {
  401: ["UNAUTHENTICATED", false, "The server does not know who asks. Sign in again."],
  403: ["FORBIDDEN", false, "The server refuses this."],
  413: ["TOO_LARGE", false, "This is larger than the server takes."],
  429: ["THROTTLED", true, "Too much was asked in a short time. Try again later."],
};

/** An answer that is not the server's own, but of something on the way to it: only its status speaks. */
export function refusedWith(status: number): WeftError {
  const known = refusals[status];
  if (known) return new WeftError(`${known[2]} (${status})`, { code: known[0], retryable: known[1] });
  if (status >= 500 || status === 408) {
    return new WeftError(`The server cannot answer now. Try again. (${status})`, { code: "UNAVAILABLE", retryable: true });
  }
  return new WeftError(`No Weft server answers at this address. (${status})`, { code: null, retryable: false });
}

/** What is not ours came of the network, or of what stands for it. */
export function asWeftError(error: unknown): WeftError {
  return error instanceof WeftError ? error : unreachable();
}

/** Passes a mutation's payload on. Raises WeftError for its first user error. */
export function accepted<Payload extends { readonly userErrors: readonly ErrorsFragment[] }>(payload: Payload): Payload {
  const [error] = payload.userErrors;
  if (!error) return payload;
  const retryAt = "retryAt" in error ? error.retryAt : null;
  throw new WeftError(error.errorMessage, { code: error.code, retryable: false, path: error.path, retryAt });
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Everything that fails here fails with a WeftError: a message for people, a code for programs. */

import type { ErrorsFragment } from "./generated/operations.js";

export interface WeftErrorDetails {
  /** `extensions.code`, a UserErrorCode, or UNREACHABLE when no answer came. Null when the server named none. */
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

/** Live events over one graphql-transport-ws socket, which reconnects for as long as anyone listens. */

import { createClient, type Client } from "graphql-ws";

import { backoffMs } from "./backoff.js";
import { errorText, topLevelError, WeftError, type WireError } from "./errors.js";
import type { Endpoint } from "./options.js";
import { Connection, type Subscriber, type Subscriptions } from "./subscriptions.js";
import { onWake } from "./wake.js";

const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5_000;
/** Wrong protocol, wrong message: asking again would be refused again. */
const FATAL: ReadonlySet<number> = new Set([4400, 4406, 4409, 4429]);
/** Refusals in a row after which credentials are taken for bad, not for just expired. */
const REFUSALS = 2;

export class WebSocketSubscriptions implements Subscriptions {
  readonly connection = new Connection();
  private readonly client: Client;
  private readonly forget: () => void;
  private pong: ReturnType<typeof setTimeout> | undefined;
  private refusals = 0;
  private heardAt = Date.now();
  private wake: () => void = () => undefined;

  constructor(endpoint: Endpoint, webSocketImpl: unknown) {
    this.client = createClient({
      url: endpoint.url.replace(/^http/, "ws"),
      connectionParams: async () => {
        const token = await endpoint.token();
        return token === null ? {} : { token };
      },
      ...(webSocketImpl === undefined ? {} : { webSocketImpl }),
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: (retries) => this.rest(backoffMs(retries)),
      shouldRetry: (event) => !this.isRefusal(event),
      lazyCloseTimeout: 5_000,
      keepAlive: PING_EVERY_MS,
    });
    this.listen();
    this.forget = onWake(() => {
      this.wake();
      if (Date.now() - this.heardAt > PING_EVERY_MS + PONG_WITHIN_MS) this.reconnect();
    });
  }

  readonly subscribe = (subscriber: Subscriber): (() => void) => {
    let open = true;
    const end = (error: WeftError | null) => {
      if (open) subscriber.ended(error);
      open = false;
    };
    const live = {
      query: subscriber.document,
      // Serialized anew for each connection, so a getter makes every resubscribe continue at the newest cursor.
      get variables() {
        return subscriber.variables();
      },
    };
    const stop = this.client.subscribe(live, {
      next: ({ data, errors }) => {
        if (!open) return;
        const [error] = errors ?? [];
        if (data) subscriber.next(data);
        else if (error) end(topLevelError(error as WireError));
      },
      error: (error) => end(failure(error)),
      complete: () => end(null),
    });
    return () => {
      open = false;
      stop();
    };
  };

  readonly reconnect = (): void => {
    this.wake();
    this.client.terminate();
  };

  readonly close = (): void => {
    this.forget();
    clearTimeout(this.pong);
    this.wake();
    void this.client.dispose();
  };

  private listen(): void {
    this.client.on("connected", () => {
      this.refusals = 0;
      this.heardAt = Date.now();
      this.connection.set("live");
    });
    this.client.on("closed", () => {
      clearTimeout(this.pong);
      this.connection.set("reconnecting");
    });
    this.client.on("message", () => (this.heardAt = Date.now()));
    this.client.on("ping", (received) => {
      if (!received) this.pong = setTimeout(() => this.client.terminate(), PONG_WITHIN_MS);
    });
    this.client.on("pong", (received) => {
      if (received) clearTimeout(this.pong);
    });
  }

  /** A token may expire at any moment, so the first refusal asks for a fresh one. */
  private isRefusal(event: unknown): boolean {
    const code = closeCode(event);
    if (code === null) return false;
    if (code === 4403) this.refusals += 1;
    return FATAL.has(code) || this.refusals >= REFUSALS;
  }

  private rest(forMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, forMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function closeCode(event: unknown): number | null {
  return typeof event === "object" && event !== null && "code" in event && typeof event.code === "number" ? event.code : null;
}

function failure(error: unknown): WeftError {
  const first: unknown = Array.isArray(error) ? error[0] : error;
  const code = closeCode(first);
  if (code !== null) {
    const reason = (first as { reason?: unknown }).reason;
    const words = typeof reason === "string" && reason !== "" ? reason : `The connection was closed (${code}).`;
    return new WeftError(words, { code: code === 4403 ? "UNAUTHENTICATED" : "UNAVAILABLE", retryable: code !== 4403 });
  }
  if (typeof first === "object" && first !== null && "message" in first) return topLevelError(first as WireError);
  return new WeftError(errorText(first), { code: null, retryable: false });
}

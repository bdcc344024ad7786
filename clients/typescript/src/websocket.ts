/** Live events over one graphql-transport-ws socket, which reconnects for as long as anyone listens. */

import { createClient, type Client } from "graphql-ws";

import { backoffMs } from "./backoff.js";
import { errorText, topLevelError, WeftError, type WireError } from "./errors.js";
import type { Endpoint } from "./options.js";
import { Rest } from "./rest.js";
import { Connection, safely, type Subscriber, type Subscriptions } from "./subscriptions.js";
import { onWake } from "./wake.js";

const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5_000;
const CONNECTED_WITHIN_MS = 15_000;
const ACKNOWLEDGED_WITHIN_MS = 10_000;
const LINGER_MS = 1_000;
const FORBIDDEN = 4403;
/** Refusals in a row after which credentials are taken for bad, not for just expired. */
const REFUSALS = 2;

export class WebSocketSubscriptions implements Subscriptions {
  readonly connection = new Connection();
  private readonly stops = new Set<() => void>();
  private readonly rest = new Rest();
  private client: Client | null = null;
  private forget: () => void = () => undefined;
  private pong: ReturnType<typeof setTimeout> | undefined;
  private opening: ReturnType<typeof setTimeout> | undefined;
  private refusals = 0;
  private heardAt = 0;
  private closed = false;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly webSocketImpl: unknown,
  ) {}

  readonly subscribe = (subscriber: Subscriber): (() => void) => {
    if (this.closed) return () => undefined;
    let open = true;
    const over = () => {
      open = false;
      this.stops.delete(stop);
    };
    const end = (error: WeftError | null) => {
      const wasOpen = open;
      over();
      if (wasOpen) safely(() => subscriber.ended(error));
    };
    let release: () => void = () => undefined;
    const stop = () => {
      over();
      release();
    };
    this.stops.add(stop);
    const live = {
      query: subscriber.document,
      // Serialized anew for each connection, so a getter makes every resubscribe continue at the newest cursor.
      get variables() {
        return subscriber.variables();
      },
    };
    try {
      release = this.connected().subscribe(live, {
        next: ({ data, errors }) => {
          if (!open) return;
          const [error] = errors ?? [];
          if (data) safely(() => subscriber.next(data));
          else if (error) {
            stop();
            safely(() => subscriber.ended(topLevelError(error as WireError)));
          }
        },
        error: (error) => end(failure(error)),
        complete: () => end(null),
      });
    } catch (error) {
      void Promise.resolve().then(() => end(new WeftError(errorText(error), { code: "UNSUPPORTED", retryable: false })));
    }
    return stop;
  };

  readonly reconnect = (): void => {
    this.rest.wake();
    this.client?.terminate();
  };

  readonly close = (): void => {
    this.closed = true;
    this.forget();
    clearTimeout(this.pong);
    clearTimeout(this.opening);
    for (const stop of this.stops) stop();
    this.rest.wake();
    // It waits for a socket that is being made; one that is refused meanwhile needs no closing.
    void Promise.resolve(this.client?.dispose()).catch(() => undefined);
  };

  /** Made when somebody listens: on a server that renders pages nobody does, and there may be no WebSocket. */
  private connected(): Client {
    if (this.client) return this.client;
    if (!/^https?:/i.test(this.endpoint.url)) throw new Error(`This is no address of a server: ${this.endpoint.url}`);
    this.client = createClient({
      url: this.endpoint.url.replace(/^http/i, "ws"),
      connectionParams: async () => {
        const token = await this.endpoint.token();
        return token === null ? {} : { token };
      },
      ...(this.webSocketImpl === undefined ? {} : { webSocketImpl: this.webSocketImpl }),
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: (retries) => this.rest.for(backoffMs(retries)),
      // Every subscription asks this. A token may expire at any moment, so the first refusal asks for a fresh one.
      shouldRetry: (event) => closeCode(event) !== FORBIDDEN || this.refusals < REFUSALS,
      lazyCloseTimeout: LINGER_MS,
      connectionAckWaitTimeout: ACKNOWLEDGED_WITHIN_MS,
      keepAlive: PING_EVERY_MS,
    });
    this.listen(this.client);
    this.forget = onWake((isBack) => {
      this.rest.wake();
      if (isBack || Date.now() - this.heardAt > PING_EVERY_MS + PONG_WITHIN_MS) this.reconnect();
    });
    return this.client;
  }

  private listen(client: Client): void {
    client.on("connecting", () => {
      clearTimeout(this.opening);
      this.opening = setTimeout(() => client.terminate(), CONNECTED_WITHIN_MS);
      // A socket that is being made has nothing to say yet.
      this.heardAt = Date.now();
    });
    client.on("opened", () => clearTimeout(this.opening));
    client.on("connected", () => {
      this.refusals = 0;
      this.connection.set("live");
    });
    client.on("closed", (event) => this.lost(closeCode(event)));
    client.on("error", () => this.lost(null));
    client.on("message", () => (this.heardAt = Date.now()));
    client.on("ping", (received) => {
      if (!received) this.pong = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
    });
    client.on("pong", (received) => {
      if (received) clearTimeout(this.pong);
    });
  }

  private lost(code: number | null): void {
    clearTimeout(this.pong);
    clearTimeout(this.opening);
    if (code === FORBIDDEN) this.refusals += 1;
    this.connection.set(code === 1000 && this.stops.size === 0 ? "connecting" : "reconnecting");
  }

}

function closeCode(event: unknown): number | null {
  const code = (event as { readonly code?: unknown } | null)?.code;
  return typeof code === "number" ? code : null;
}

/** Of errors that the server names, or of the event that closed the socket. */
function failure(error: unknown): WeftError {
  if (Array.isArray(error)) return topLevelError(error[0] as WireError);
  const refused = closeCode(error) === FORBIDDEN;
  const { reason } = error as { readonly reason?: string };
  const words = reason || `The connection was closed: ${closeCode(error) ?? errorText(error)}.`;
  return new WeftError(words, { code: refused ? "UNAUTHENTICATED" : "UNAVAILABLE", retryable: !refused });
}

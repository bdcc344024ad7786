/** Live events over server-sent events, one POST a subscription (graphql-sse, distinct connections), asked for again when it is cut. */

import { backoffMs } from "./backoff.js";
import { refusedWith, topLevelError, WeftError } from "./errors.js";
import { graphqlAnswer } from "./http.js";
import { headersFor, type Endpoint } from "./options.js";
import { Rest } from "./rest.js";
import { SseFrames, type Frame } from "./sseFrames.js";
import { Connection, safely, type Subscriber, type Subscriptions } from "./subscriptions.js";
import { onWake } from "./wake.js";

/** The server says something at least every 15 s. */
const SILENCE_MS = 40_000;
const DOUBTFUL_MS = 20_000;
/** Refusals in a row after which credentials are taken for bad, not for just expired. */
const REFUSALS = 2;

/** How a connection ended: the server completed it, refused it, or it broke. */
type Outcome = null | WeftError | "lost";

export class SseSubscriptions implements Subscriptions {
  private readonly readers = new Set<SseReader>();
  private forget: (() => void) | null = null;
  private closed = false;

  constructor(
    private readonly endpoint: Endpoint,
    readonly connection = new Connection(),
  ) {}

  readonly subscribe = (subscriber: Subscriber): (() => void) => {
    if (this.closed) return () => undefined;
    this.forget ??= onWake(() => {
      for (const reader of this.readers) reader.checkAlive();
    });
    const reader = new SseReader(this.endpoint, subscriber, this.connection);
    this.readers.add(reader);
    void reader.run().finally(() => this.left(reader));
    return () => reader.stop();
  };

  readonly reconnect = (): void => {
    for (const reader of this.readers) reader.again();
  };

  readonly close = (): void => {
    this.closed = true;
    this.forget?.();
    for (const reader of this.readers) reader.stop();
  };

  private left(reader: SseReader): void {
    this.readers.delete(reader);
    if (this.readers.size === 0) this.connection.set("connecting");
  }
}

class SseReader {
  private open = true;
  private attempt = 0;
  private refusals = 0;
  private heardAt = Date.now();
  private controller = new AbortController();
  private silence: ReturnType<typeof setTimeout> | undefined;
  private readonly rest = new Rest();

  constructor(
    private readonly endpoint: Endpoint,
    private readonly subscriber: Subscriber,
    private readonly connection: Connection,
  ) {}

  async run(): Promise<void> {
    while (this.open) {
      const outcome = await this.read().catch(broken);
      clearTimeout(this.silence);
      if (!this.open) return;
      if (outcome !== "lost") {
        this.open = false;
        return safely(() => this.subscriber.ended(outcome));
      }
      this.connection.set("reconnecting");
      this.attempt += 1;
      await this.rest.for(backoffMs(this.attempt - 1));
    }
  }

  stop(): void {
    this.open = false;
    this.again();
  }

  again(): void {
    this.attempt = 0;
    this.controller.abort();
    this.rest.wake();
  }

  /** After a sleep: what waits goes on at once, and what should have said something by now is made again. */
  checkAlive(): void {
    if (Date.now() - this.heardAt > DOUBTFUL_MS) this.again();
    else this.rest.wake();
  }

  /** One connection, from the request to its end. */
  private async read(): Promise<Outcome> {
    const { signal } = (this.controller = new AbortController());
    this.heard();
    const { document, variables } = this.subscriber;
    const headers = await headersFor(this.endpoint, "text/event-stream");
    const body = JSON.stringify({ query: document, variables: variables() });
    if (!this.open) return null;
    const response = await this.endpoint.fetch(this.endpoint.url, { method: "POST", headers, body, signal });
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return this.refused(response);
    if (!response.body) return new WeftError(NO_STREAMS, { code: "UNSUPPORTED", retryable: false });
    this.attempt = 0;
    this.refusals = 0;
    this.connection.set("live");
    return this.follow(response.body.getReader());
  }

  private async follow(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Outcome> {
    const decoder = new TextDecoder();
    const frames = new SseFrames();
    try {
      for (;;) {
        this.heard();
        const { done, value } = await reader.read();
        if (done) return "lost";
        for (const frame of frames.take(decoder.decode(value, { stream: true }))) {
          if (!this.open) return null;
          const outcome = this.received(frame);
          if (outcome !== undefined) return outcome;
        }
      }
    } finally {
      void reader.cancel().catch(() => undefined);
    }
  }

  /** Undefined while there is more to come. */
  private received({ event, data }: Frame): Outcome | undefined {
    if (event === "complete") return null;
    if (event !== "next") return undefined;
    const answer = graphqlAnswer(data);
    if (!answer) return "lost";
    const [error] = answer.errors ?? [];
    if (answer.data) safely(() => this.subscriber.next(answer.data));
    return !answer.data && error ? topLevelError(error) : undefined;
  }

  /** A token may expire at any moment, so the first refusal asks for a fresh one. */
  private async refused(response: Response): Promise<Outcome> {
    const [error] = graphqlAnswer(await response.text())?.errors ?? [];
    const why = error ? topLevelError(error) : refusedWith(response.status);
    if (response.status === 401) this.refusals += 1;
    const again = why.retryable || (response.status === 401 && this.refusals < REFUSALS);
    return again || response.status >= 500 ? "lost" : why;
  }

  private heard(): void {
    this.heardAt = Date.now();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.controller.abort(), SILENCE_MS);
  }
}

const NO_STREAMS = "This runtime cannot read streams over HTTP: use the transport websocket.";

function broken(error: unknown): Outcome {
  return error instanceof WeftError && !error.retryable ? error : "lost";
}

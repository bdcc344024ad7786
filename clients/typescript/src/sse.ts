/** Live events over server-sent events, one POST a subscription (graphql-sse, distinct connections), asked for again when it is cut. */

import { backoffMs } from "./backoff.js";
import { topLevelError, unreachable, type WeftError, type WireError } from "./errors.js";
import { headersFor, type Endpoint } from "./options.js";
import { Connection, type Subscriber, type Subscriptions } from "./subscriptions.js";
import { onWake } from "./wake.js";

/** The server says something at least every 15 s. */
const SILENCE_MS = 40_000;
/** Answers that asking again would only repeat. */
const isRefused = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;

interface Frame {
  readonly event: string;
  readonly data: string;
}

export class SseSubscriptions implements Subscriptions {
  readonly connection = new Connection();
  private readonly readers = new Set<SseReader>();
  private readonly forget = onWake(() => this.reconnect());

  constructor(private readonly endpoint: Endpoint) {}

  readonly subscribe = (subscriber: Subscriber): (() => void) => {
    const reader = new SseReader(this.endpoint, subscriber, this.connection);
    this.readers.add(reader);
    void reader.run().finally(() => this.readers.delete(reader));
    return () => reader.stop();
  };

  readonly reconnect = (): void => {
    for (const reader of this.readers) reader.again();
  };

  readonly close = (): void => {
    this.forget();
    for (const reader of this.readers) reader.stop();
  };
}

class SseReader {
  private open = true;
  private attempt = 0;
  private controller = new AbortController();
  private wake: () => void = () => undefined;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly subscriber: Subscriber,
    private readonly connection: Connection,
  ) {}

  async run(): Promise<void> {
    while (this.open) {
      const outcome = await this.read().catch(() => "lost" as const);
      if (!this.open) return;
      if (outcome !== "lost") {
        this.open = false;
        return this.subscriber.ended(outcome);
      }
      this.connection.set("reconnecting");
      await this.rest();
    }
  }

  stop(): void {
    this.open = false;
    this.again();
  }

  again(): void {
    this.attempt = 0;
    this.controller.abort();
    this.wake();
  }

  /** One connection: null when the server completed it, an error when it refused it, "lost" when it broke. */
  private async read(): Promise<WeftError | null | "lost"> {
    this.controller = new AbortController();
    const { document, variables } = this.subscriber;
    const response = await this.endpoint.fetch(this.endpoint.url, {
      method: "POST",
      headers: await headersFor(this.endpoint, "text/event-stream"),
      body: JSON.stringify({ query: document, variables: variables() }),
      signal: this.controller.signal,
    });
    if (!response.ok || !response.body) return isRefused(response.status) ? refusal(response) : "lost";
    this.attempt = 0;
    this.connection.set("live");
    for await (const frame of frames(response.body, this.controller)) {
      if (!this.open) return null;
      if (frame.event === "complete") return null;
      const error = this.received(frame);
      if (error) return error;
    }
    return "lost";
  }

  private received({ event, data }: Frame): WeftError | null {
    if (event !== "next") return null;
    const result = JSON.parse(data) as { data?: unknown; errors?: readonly WireError[] };
    const [error] = result.errors ?? [];
    if (result.data) this.subscriber.next(result.data);
    return !result.data && error ? topLevelError(error) : null;
  }

  private rest(): Promise<void> {
    const forMs = backoffMs(this.attempt);
    this.attempt += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, forMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function refusal(response: Response): Promise<WeftError> {
  const answer = (await response.json().catch(() => null)) as { errors?: readonly WireError[] } | null;
  const [error] = answer?.errors ?? [];
  return error ? topLevelError(error) : unreachable();
}

/** The events of a body, https://html.spec.whatwg.org/multipage/server-sent-events.html. Ends it when it falls silent. */
async function* frames(body: ReadableStream<Uint8Array>, controller: AbortController): AsyncGenerator<Frame> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let silence: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      clearTimeout(silence);
      silence = setTimeout(() => controller.abort(), SILENCE_MS);
      const { done, value } = await reader.read();
      if (done) return;
      const text = rest + decoder.decode(value, { stream: true });
      // A carriage return at the end may be half of a line break.
      const held = text.endsWith("\r") ? "\r" : "";
      const blocks = text.slice(0, text.length - held.length).replace(/\r\n?/g, "\n").split("\n\n");
      rest = (blocks.pop() ?? "") + held;
      for (const block of blocks) {
        const frame = frameOf(block);
        if (frame) yield frame;
      }
    }
  } finally {
    clearTimeout(silence);
    void reader.cancel().catch(() => undefined);
  }
}

function frameOf(block: string): Frame | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^([^:]+):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value ?? "";
    if (field === "data") data.push(value ?? "");
  }
  return event === "message" && data.length === 0 ? null : { event, data: data.join("\n") };
}

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { WeftClient } from "../src/client.js";
import type { WeftError } from "../src/errors.js";
import { ThreadEventsDocument } from "../src/generated/operations.js";
import { SseFrames } from "../src/sseFrames.js";
import { until } from "./support.js";

/** One open response. */
class Body {
  private controller!: ReadableStreamDefaultController<Uint8Array>;
  isCancelled = false;
  readonly response: Response;

  constructor(readonly variables: Record<string, unknown>, readonly headers: Record<string, string>, signal: AbortSignal) {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.controller = controller;
        signal.addEventListener("abort", () => controller.error(new DOMException("Aborted", "AbortError")));
      },
      cancel: () => void (this.isCancelled = true),
    });
    this.response = new Response(stream, { headers: { "content-type": "text/event-stream" } });
  }

  write(text: string): void {
    this.controller.enqueue(new TextEncoder().encode(text));
  }

  event(cursor: string): void {
    const data = { data: { threadEvents: { __typename: "ThreadDeleted", cursor, threadId: "thr_1" } } };
    this.write(`event: next\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    this.controller.close();
  }
}

let bodies: Body[];
let answer: (() => Response | Error) | null;
let client: WeftClient;

const fetched: typeof fetch = async (_url, init) => {
  const { variables } = JSON.parse(String(init?.body));
  const body = new Body(variables, init?.headers as Record<string, string>, init?.signal as AbortSignal);
  bodies.push(body);
  const given = answer?.() ?? body.response;
  if (given instanceof Error) throw given;
  return given;
};

function follow() {
  const told = { events: [] as string[], ended: [] as (WeftError | null)[] };
  let after: string | null = null;
  const stop = client.subscribe(ThreadEventsDocument, {
    variables: () => ({ threadId: "thr_1", after }),
    next: ({ threadEvents }) => {
      after = threadEvents.cursor;
      told.events.push(threadEvents.cursor);
    },
    ended: (error) => told.ended.push(error),
  });
  return { told, stop };
}

const refused = (status: number) => () => Response.json({ errors: [{ message: "No", extensions: { code: "UNAUTHENTICATED" } }] }, { status });

beforeEach(() => {
  bodies = [];
  answer = null;
  let count = 0;
  client = new WeftClient({ url: "http://weft.test/graphql", transport: "sse", fetch: fetched, token: () => `token-${(count += 1)}` });
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

describe("server-sent events", () => {
  test("are read as they come, and asked for again where they were cut, with a fresh token", async () => {
    const { told } = follow();
    await until(() => bodies.length === 1);
    bodies[0]?.event("c1");
    await until(() => told.events.length === 1);
    expect(client.connection.state()).toBe("live");
    bodies[0]?.end();
    await until(() => bodies.length === 2);
    bodies[1]?.event("c2");
    await until(() => told.events.length === 2);
    expect(bodies.map(({ variables }) => variables.after)).toEqual([null, "c1"]);
    expect(bodies.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(told.ended).toEqual([]);
  });

  test("end when the server says that they are complete, or with its error", async () => {
    const done = follow();
    await until(() => bodies.length === 1);
    bodies[0]?.write("event: complete\ndata:\n\n");
    await until(() => done.told.ended.length === 1);
    expect(done.told.ended).toEqual([null]);
    const failed = follow();
    await until(() => bodies.length === 2);
    bodies[1]?.write(`event: next\ndata: {"errors":[{"message":"gone","extensions":{"code":"NOT_FOUND"}}]}\n\n`);
    await until(() => failed.told.ended.length === 1);
    expect(failed.told.ended[0]).toMatchObject({ code: "NOT_FOUND", message: "gone" });
  });

  test("are refused for good at the second 401 in a row", async () => {
    answer = refused(401);
    const { told } = follow();
    await until(() => told.ended.length === 1);
    expect(bodies).toHaveLength(2);
    expect(told.ended[0]).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("go on after one 401: the token had just expired", async () => {
    answer = refused(401);
    const { told } = follow();
    await until(() => bodies.length === 1);
    answer = null;
    await until(() => bodies.length === 2);
    bodies[1]?.event("c1");
    await until(() => told.events.length === 1);
  });

  test.each([
    ["a proxy's page", () => new Response("<html>", { status: 502 })],
    ["too many requests", () => new Response("", { status: 429 })],
    ["no network", () => new TypeError("fetch failed")],
    ["a body that is none of ours", () => new Response("hi", { headers: { "content-type": "text/event-stream" } })],
  ])("are asked for again after %s", async (_what, given) => {
    answer = given;
    const { told } = follow();
    await until(() => bodies.length === 2);
    answer = null;
    await until(() => bodies.length === 3);
    bodies[2]?.event("c1");
    await until(() => told.events.length === 1);
    expect(told.ended).toEqual([]);
  });

  test.each([404, 403, 413])("are not asked for again after a refusal with %i", async (status) => {
    answer = () => new Response("<html>", { status });
    const { told } = follow();
    await until(() => told.ended.length === 1);
    expect(bodies).toHaveLength(1);
    expect(told.ended[0]).toMatchObject({ retryable: false });
  });

  test("say where a runtime cannot read them", async () => {
    answer = () => new Response(null, { headers: { "content-type": "text/event-stream" } });
    const { told } = follow();
    await until(() => told.ended.length === 1);
    expect(told.ended[0]).toMatchObject({ code: "UNSUPPORTED", message: expect.stringContaining("websocket") });
  });

  test("that fall silent are made again, those that say anything are not", async () => {
    const { told } = follow();
    await until(() => bodies.length === 1);
    vi.useFakeTimers();
    bodies[0]?.write(": a comment\n\n");
    await vi.advanceTimersByTimeAsync(30_000);
    bodies[0]?.write(": another\n\n");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(bodies).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(bodies).toHaveLength(2);
    expect(told.ended).toEqual([]);
  });

  test("stop when nobody listens, and at close", async () => {
    const { told, stop } = follow();
    follow();
    await until(() => bodies.length === 2);
    stop();
    client.reconnect();
    await until(() => bodies.length === 3);
    client.close();
    await until(() => client.connection.state() === "connecting");
    expect(told.ended).toEqual([]);
    expect(bodies).toHaveLength(3);
  });
});

describe("the parser of server-sent events", () => {
  const text = "event: next\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\n: comment\r\n\r\nevent:complete\rdata\r\rid: 7\ndata:  x\n\n";
  const frames = [
    { event: "next", data: '{"a":\n1}' },
    { event: "complete", data: "" },
    { event: "message", data: " x" },
  ];

  test("reads the same wherever the text is cut in two", () => {
    for (let at = 0; at <= text.length; at += 1) {
      const parser = new SseFrames();
      expect([...parser.take(text.slice(0, at)), ...parser.take(text.slice(at))]).toEqual(frames);
    }
  });

  test("reads the same character by character, and leaves what has no end", () => {
    const parser = new SseFrames();
    expect([...text].flatMap((char) => parser.take(char))).toEqual(frames);
    expect(parser.take("event: next\ndata: 1\n")).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { WeftClient } from "../src/client.js";
import { WeftError } from "../src/errors.js";
import { ThreadEventsDocument } from "../src/generated/operations.js";
import type { Token } from "../src/options.js";
import { FakeServer, type FakeSocket } from "./fakeServer.js";
import { until } from "./support.js";

let server: FakeServer;
let client: WeftClient;

function connect(token?: Token): WeftClient {
  const options = { url: "https://weft.test/graphql", fetch: server.fetch, webSocket: server.webSocket };
  client = new WeftClient(token === undefined ? options : { ...options, token });
  return client;
}

function follow(threadId = "thr_1") {
  const told = { events: [] as string[], ended: [] as (WeftError | null)[] };
  let after: string | null = "0";
  const stop = client.subscribe(ThreadEventsDocument, {
    variables: () => ({ threadId, after }),
    next: ({ threadEvents }) => {
      after = threadEvents.cursor;
      told.events.push(threadEvents.cursor);
    },
    ended: (error) => told.ended.push(error),
  });
  return { told, stop };
}

const socket = (): FakeSocket => [...server.sockets][0] as FakeSocket;

beforeEach(() => {
  server = new FakeServer();
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

describe("a websocket", () => {
  test("is not opened before somebody listens, and is one for all who do", async () => {
    connect();
    await client.agents();
    expect(server.tokens).toEqual([]);
    follow("thr_1");
    follow("thr_2");
    await until(() => server.followed.length === 2);
    expect(server.tokens).toEqual([null]);
  });

  test("asks for the token at every connection", async () => {
    let count = 0;
    connect(async () => `token-${(count += 1)}`);
    follow();
    await until(() => server.followed.length === 1);
    server.cut();
    await until(() => server.followed.length === 1);
    expect(server.tokens).toEqual(["token-1", "token-2"]);
  });

  test("whose token expires goes on with a fresh one, for each of its subscriptions, where it was", async () => {
    let count = 0;
    connect(() => `token-${(count += 1)}`);
    const [one, two] = [follow("thr_1"), follow("thr_2")];
    await until(() => server.followed.length === 2);
    server.thread("thr_1").say(0, "first");
    server.deliver();
    await until(() => one.told.events.length === 1);
    server.cut(4403);
    server.thread("thr_1").say(1, "meanwhile");
    server.thread("thr_2").say(0, "meanwhile");
    await until(() => one.told.events.length === 2 && two.told.events.length === 1);
    expect(one.told).toEqual({ events: ["1", "2"], ended: [] });
    expect(two.told.ended).toEqual([]);
  });

  test("that is refused twice ends with UNAUTHENTICATED, and works again with a good token", async () => {
    let token = "bad";
    connect(() => token);
    server.admits = (payload) => (payload.token === "good" ? null : 4403);
    const { told } = follow();
    await until(() => told.ended.length === 1);
    expect(told.ended[0]).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
    expect(server.tokens).toEqual(["bad", "bad"]);
    token = "good";
    const again = follow();
    await until(() => server.followed.length === 1);
    expect(again.told.ended).toEqual([]);
  });

  test("waits for a token that cannot be had yet", async () => {
    let count = 0;
    connect(async () => {
      count += 1;
      if (count < 3) throw new Error("the issuer is down");
      return "token";
    });
    const { told } = follow();
    await until(() => server.followed.length === 1);
    expect(server.tokens).toEqual(["token"]);
    expect(told.ended).toEqual([]);
  });

  test("comes back after a restart of the server, and is reconnecting until then", async () => {
    connect();
    follow();
    expect(client.connection.state()).toBe("connecting");
    await until(() => client.connection.state() === "live");
    server.isDown = true;
    server.cut(1012);
    expect(client.connection.state()).toBe("reconnecting");
    await new Promise((resolve) => setTimeout(resolve));
    server.isDown = false;
    await until(() => client.connection.state() === "live");
  });

  test("is made anew at once when it is told to", async () => {
    connect();
    follow();
    await until(() => server.followed.length === 1);
    const before = socket();
    client.reconnect();
    await until(() => server.followed.length === 1 && socket() !== before);
    expect(server.tokens).toHaveLength(2);
  });

  test("tells one subscription of its error and keeps the others", async () => {
    connect();
    const one = follow("thr_1");
    await until(() => server.followed.length === 1);
    socket().fail("gone", "NOT_FOUND");
    const two = follow("thr_2");
    await until(() => one.told.ended.length === 1 && server.followed.length === 1);
    expect(one.told.ended[0]).toMatchObject({ code: "NOT_FOUND", message: "gone", retryable: false });
    expect(two.told.ended).toEqual([]);
  });

  test("is closed a moment after the last one left", async () => {
    connect();
    const { stop, told } = follow();
    await until(() => server.followed.length === 1);
    stop();
    await until(() => server.followed.length === 0);
    await until(() => server.sockets.size === 0);
    expect(client.connection.state()).toBe("connecting");
    expect(told.ended).toEqual([]);
  });

  test("is nothing more after close: no socket, no word to those who listened", async () => {
    connect();
    const { told } = follow();
    await until(() => server.followed.length === 1);
    client.close();
    await until(() => server.sockets.size === 0);
    follow();
    await new Promise((resolve) => setTimeout(resolve));
    expect(told.ended).toEqual([]);
    expect(server.tokens).toHaveLength(1);
  });

  test("that opens and never answers is given up and made again", async () => {
    vi.useFakeTimers();
    connect();
    follow();
    await vi.advanceTimersByTimeAsync(1);
    const first = socket();
    first.answersPings = false;
    await vi.advanceTimersByTimeAsync(14_000);
    expect(socket()).toBe(first);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(server.sockets.size).toBe(1);
    expect(socket()).not.toBe(first);
  });

  test("is made again when the device slept, unless something was heard", async () => {
    vi.useFakeTimers();
    connect();
    follow();
    await vi.advanceTimersByTimeAsync(1);
    const first = socket();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket()).toBe(first);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(5_500);
    expect(socket()).not.toBe(first);
  });

  test("whose listener fails stays open for the others", async () => {
    vi.useFakeTimers();
    connect();
    client.subscribe(ThreadEventsDocument, {
      variables: () => ({ threadId: "thr_1", after: "0" }),
      next: () => {
        throw new Error("a listener of the application fails");
      },
      ended: () => undefined,
    });
    const { told } = follow("thr_1");
    await vi.advanceTimersByTimeAsync(1);
    server.thread("thr_1").say(0, "Hello");
    server.deliver();
    expect(told.events).toEqual(["1"]);
    expect(server.sockets.size).toBe(1);
    expect(() => vi.runOnlyPendingTimers()).toThrow("a listener of the application fails");
  });
});

describe("without what it needs", () => {
  test("a runtime that has no WebSocket is told so when somebody listens, not when the client is made", async () => {
    vi.stubGlobal("WebSocket", undefined);
    client = new WeftClient({ url: "http://weft.test/graphql", fetch: server.fetch });
    const { told } = follow();
    await until(() => told.ended.length === 1);
    expect(told.ended[0]).toMatchObject({ code: "UNSUPPORTED", retryable: false, message: expect.stringContaining("WebSocket") });
    vi.unstubAllGlobals();
  });

  test("a path where there is no page leads nowhere, and says so", async () => {
    client = new WeftClient({ fetch: server.fetch, webSocket: server.webSocket });
    const { told } = follow();
    await until(() => told.ended.length === 1);
    expect(told.ended[0]).toMatchObject({ code: "UNSUPPORTED", message: "This is no address of a server: /graphql" });
  });

  test("a refused thread says so, and reload mends it with a new token", async () => {
    let token = "bad";
    connect(() => token);
    server.thread("thr_1").say(0, "Hello");
    server.admits = (payload) => (payload.token === "good" ? null : 4403);
    const store = client.thread("thr_1");
    client.keep(store);
    await until(() => store.state().phase === "missing");
    expect(store.state().error).toMatchObject({ code: "UNAUTHENTICATED" });
    token = "good";
    store.reload();
    await until(() => store.state().phase === "ready" && server.followed.length === 1);
    expect(store.state().error).toBeNull();
  });
});

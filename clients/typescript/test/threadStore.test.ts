import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { WeftClient } from "../src/client.js";
import type { ThreadStore } from "../src/thread/threadStore.js";
import { FakeServer } from "./fakeServer.js";
import { Chance, turn } from "./random.js";
import { deferred, Frames, until } from "./support.js";
import { message } from "./testThread.js";

let server: FakeServer;
let client: WeftClient;

beforeEach(() => {
  server = new FakeServer();
  client = new WeftClient({ url: "http://weft.test/graphql", fetch: server.fetch, webSocket: server.webSocket });
});
afterEach(() => client.close());

function shown(store: ThreadStore): string[] {
  return store.messages().map(({ role, status, text }) => `${role[0]} ${status} ${text}`.trim());
}

async function followed(id = "thr_1"): Promise<ThreadStore> {
  server.thread(id);
  const store = client.thread(id);
  client.keep(store);
  await until(() => server.followed.some(({ name }) => name === id));
  return store;
}

function refuse(operation: string, status = 503): void {
  server.instead.set(operation, () => new Response("<html>", { status }));
}

describe("a thread that is followed", () => {
  test("is what was saved, what streams and what was sent here, in one ordered list", async () => {
    const history = server.thread("thr_1");
    history.say(0, "Hello");
    history.save(message(0, 1, { status: "PENDING" }));
    const store = await followed();
    const sending = deferred<null>();
    server.instead.set("SendMessage", () => sending.promise);
    void store.send("And then?");
    history.start("s", 0, 1);
    history.advance("s", { type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "Hi" });
    server.deliver();
    await until(() => store.messages()[1]?.text === "Hi");
    expect(shown(store)).toEqual(["U SUCCESS Hello", "A STREAMING Hi", "U PENDING And then?"]);
  });

  test("tells its listeners once a frame, however much is streamed in it", async () => {
    const frames = new Frames();
    try {
      const history = server.thread("thr_1");
      const store = await followed();
      let told = 0;
      store.subscribe(() => (told += 1));
      history.start("s", 0, 1);
      history.advance("s", { type: "text-start", id: "t" });
      for (let count = 0; count < 500; count += 1) history.advance("s", { type: "text-delta", id: "t", delta: "a" });
      server.deliver();
      expect(told).toBe(0);
      frames.next();
      expect(told).toBe(1);
      expect(store.messages()[0]?.text).toHaveLength(500);
    } finally {
      frames.restore();
    }
  });

  test("keeps a message the same object while others change", async () => {
    const history = server.thread("thr_1");
    history.say(0, "Hello");
    const store = await followed();
    const [before] = store.messages();
    history.say(1, "Again");
    server.deliver();
    await until(() => store.messages().length === 2);
    expect(store.messages()[0]).toBe(before);
    expect(store.messages()).toBe(store.messages());
  });

  test("gives each of its views an array of its own that stays the same, however they are asked for", async () => {
    const history = server.thread("thr_1");
    history.start("s", 0, 1);
    const store = await followed();
    const all = store.messages();
    const saved = store.messages({ stream: false });
    const without = store.messages({ skipStreamIds: ["s"] });
    expect([all.length, saved.length, without.length]).toEqual([1, 0, 0]);
    expect(store.messages()).toBe(all);
    expect(store.messages({ stream: false })).toBe(saved);
    expect(store.messages({ skipStreamIds: ["s"] })).toBe(without);
  });

  test("goes on at its cursor when the socket was cut, without reading the thread again", async () => {
    const history = server.thread("thr_1");
    const store = await followed();
    history.say(0, "one");
    server.deliver();
    await until(() => shown(store).length === 1);
    server.cut();
    expect(client.connection.state()).toBe("reconnecting");
    history.say(1, "two");
    await until(() => shown(store).length === 2);
    expect(client.connection.state()).toBe("live");
    expect(server.asked("Thread")).toHaveLength(1);
  });

  test.each(["gap", "unknown stream", "ResyncRequired"])("is read again after: %s", async (trouble) => {
    const history = server.thread("thr_1");
    const store = await followed();
    if (trouble === "gap") {
      history.start("s", 0, 1);
      history.advance("s", { type: "text-start", id: "t" });
      history.log.push({ __typename: "StreamAdvanced", cursor: "3", delta: { streamId: "s", start: 5, end: 6, parts: [] } });
    } else if (trouble === "ResyncRequired") {
      history.log.push({ __typename: "ResyncRequired", cursor: "1", reason: "too slow" });
    } else {
      history.log.push({ __typename: "StreamAdvanced", cursor: "1", delta: { streamId: "x", start: 0, end: 1, parts: [] } });
    }
    history.messages.set("thr_1-0-0", message(0, 0, { text: "the truth" }));
    server.deliver();
    await until(() => shown(store)[0] === "U SUCCESS the truth");
    expect(server.asked("Thread")).toHaveLength(2);
    await until(() => server.followed.length === 1);
    expect(store.state().resync).toBeNull();
  });

  test("keeps on screen what was scrolled back to when it is read again", async () => {
    const history = server.thread("thr_1");
    for (let order = 0; order < 30; order += 1) history.say(order, `m${order}`);
    const store = await followed();
    await store.loadOlder();
    expect(shown(store)).toHaveLength(30);
    history.log.push({ __typename: "ResyncRequired", cursor: "31", reason: "too slow" });
    server.deliver();
    await until(() => server.asked("Thread").length === 2 && store.state().resync === null);
    expect(shown(store)).toHaveLength(30);
  });

  test("ends as the server has it, wherever the socket is cut", async () => {
    const chance = new Chance(7);
    const history = server.thread("thr_1");
    const store = await followed();
    for (let order = 0; order < 4; order += 1) {
      for (const _ of turn(history, chance, order)) {
        server.deliver();
        if (chance.oneIn(6)) server.cut(chance.pick([1006, 1012, 1005]));
        if (chance.oneIn(10)) await until(() => server.followed.length === 1);
      }
    }
    await until(() => server.followed.length === 1 && store.state().cursor === history.cursor);
    const plain = store.messages().map(({ key, status, text, parts }) => ({ key, status, text, parts }));
    expect(plain).toEqual(history.shown().map(({ key, status, text, parts }) => ({ key, status, text, parts })));
  });

  test("is tried again while the server cannot be reached, and says so meanwhile", async () => {
    server.thread("thr_1").say(0, "Hello");
    server.isDown = true;
    const store = client.thread("thr_1");
    client.keep(store);
    await until(() => store.state().phase === "failed");
    expect(store.state().error).toMatchObject({ code: "UNREACHABLE", retryable: true });
    server.isDown = false;
    await until(() => store.state().phase === "ready");
    expect(store.state().error).toBeNull();
  });

  test("that does not exist is missing, one that is deleted while open is deleted, and neither is asked for again", async () => {
    const missing = client.thread("thr_none");
    client.keep(missing);
    await until(() => missing.state().phase === "missing");
    const store = await followed();
    server.thread("thr_1").delete();
    server.deliver();
    await until(() => store.state().phase === "deleted");
    await until(() => server.followed.length === 0);
    store.reload();
    await until(() => server.asked("Thread").length === 3);
    expect(store.state().phase).toBe("deleted");
  });

  test("older pages come in front, once, and an error of them is told", async () => {
    const history = server.thread("thr_1");
    for (let order = 0; order < 50; order += 1) history.say(order, `m${order}`);
    const store = await followed();
    expect(shown(store)).toHaveLength(20);
    await Promise.all([store.loadOlder(), store.loadOlder()]);
    expect(server.asked("OlderMessages")).toHaveLength(1);
    expect(shown(store).slice(0, 2)).toEqual(["U SUCCESS m10", "U SUCCESS m11"]);
    refuse("OlderMessages");
    await store.loadOlder();
    expect(store.state()).toMatchObject({ error: { code: "UNAVAILABLE" }, hasOlder: true, isLoadingOlder: false });
    server.instead.clear();
    await store.loadOlder();
    expect(shown(store)).toHaveLength(50);
    expect(store.state().hasOlder).toBe(false);
  });
});

describe("a message that is sent", () => {
  test("is there at once, and keeps its key when the server has it", async () => {
    const store = await followed();
    const answered = deferred<void>();
    const history = server.thread("thr_1");
    server.instead.set("SendMessage", async ({ input }) => {
      await answered.promise;
      return { sendMessage: { userErrors: [], sentMessage: history.say(0, "Hello", input.clientId), generation: null } };
    });
    const sent = store.send("Hello");
    expect(shown(store)).toEqual(["U PENDING Hello"]);
    const key = store.messages()[0]?.viewKey;
    answered.resolve();
    expect(await sent).toBe(key);
    expect(shown(store)).toEqual(["U SUCCESS Hello"]);
    expect(store.messages()[0]?.viewKey).toBe(key);
    server.deliver();
    await until(() => store.state().cursor === history.cursor);
    expect(shown(store)).toEqual(["U SUCCESS Hello"]);
  });

  test("stays as FAILED when it was refused, and is sent again under the same clientId", async () => {
    const store = await followed();
    refuse("SendMessage");
    const clientId = await store.send("Hello");
    expect(shown(store)).toEqual(["U FAILED Hello"]);
    expect(store.messages()[0]).toMatchObject({ error: expect.stringContaining("503"), draft: { clientId } });
    server.instead.clear();
    await store.resend(clientId);
    expect(shown(store)).toEqual(["U SUCCESS Hello"]);
    expect(server.asked("SendMessage").map(({ variables }) => variables.input.clientId)).toEqual([clientId, clientId]);
  });

  test("is refused with the user error of the server", async () => {
    const store = await followed();
    const error = { code: "RATE_LIMITED", errorMessage: "Slowly", path: null, retryAt: "2026-11-22T09:00:00Z" };
    server.instead.set("SendMessage", () => ({ sendMessage: { userErrors: [error], sentMessage: null, generation: null } }));
    await store.send("Hello");
    expect(store.messages()[0]?.draft?.error).toMatchObject({ code: "RATE_LIMITED", retryAt: error.retryAt, message: "Slowly" });
  });

  test("is given back when it is discarded, and only if it failed", async () => {
    const store = await followed();
    refuse("SendMessage");
    const sending = store.send({ prompt: "Hello", agentName: "demo" });
    const viewKey = store.messages()[0]?.viewKey ?? "";
    expect(store.discard(viewKey)).toBeNull();
    await sending;
    expect(store.discard(viewKey)).toEqual({ prompt: "Hello", agentName: "demo" });
    expect(shown(store)).toEqual([]);
  });

  test("shows once though its answer was lost, whether it is sent again or not", async () => {
    const store = await followed();
    const history = server.thread("thr_1");
    server.instead.set("SendMessage", ({ input }) => {
      history.say(0, "Hello", input.clientId);
      return new TypeError("connection reset");
    });
    const clientId = await store.send("Hello");
    expect(shown(store)).toEqual(["U FAILED Hello"]);
    server.instead.clear();
    await store.resend(clientId);
    server.deliver();
    await until(() => store.state().cursor === history.cursor);
    expect(shown(store)).toEqual(["U SUCCESS Hello"]);
    expect(history.messages.size).toBe(1);
  });

  test("keeps what it was while the thread is read again", async () => {
    const store = await followed();
    const answered = deferred<void>();
    server.instead.set("SendMessage", () => answered.promise.then(() => new TypeError("no")));
    const sent = store.send("Hello");
    const history = server.thread("thr_1");
    history.log.push({ __typename: "ResyncRequired", cursor: "1", reason: "too slow" });
    server.deliver();
    await until(() => server.asked("Thread").length === 2 && store.state().resync === null);
    expect(shown(store)).toEqual(["U PENDING Hello"]);
    answered.resolve();
    await sent;
    expect(shown(store)).toEqual(["U FAILED Hello"]);
  });
});

describe("a new thread", () => {
  test("is created once by the first of two messages that are sent at once, and is then followed", async () => {
    const store = client.newThread({ create: ({ prompt }) => ({ title: prompt ?? null }) });
    client.keep(store);
    expect(store.state().phase).toBe("draft");
    await Promise.all([store.send("one"), store.send("two")]);
    expect(server.asked("CreateThread").map(({ variables }) => variables.input.title)).toEqual(["one"]);
    expect(shown(store)).toEqual(["U SUCCESS one", "U SUCCESS two"]);
    const threadId = store.state().threadId as string;
    expect(client.thread(threadId)).toBe(store);
    await until(() => server.followed.some(({ name }) => name === threadId));
    server.thread(threadId).rename("Named");
    server.deliver();
    await until(() => store.state().thread?.title === "Named");
  });

  test("that could not be created keeps its messages, and is created once when they are sent again", async () => {
    const store = client.newThread();
    client.keep(store);
    refuse("CreateThread");
    const ids = await Promise.all([store.send("one"), store.send("two")]);
    expect(shown(store)).toEqual(["U FAILED one", "U FAILED two"]);
    expect(store.state().threadId).toBeNull();
    server.instead.clear();
    await Promise.all(ids.map((id) => store.resend(id)));
    expect(shown(store)).toEqual(["U SUCCESS one", "U SUCCESS two"]);
    const created = server.asked("CreateThread").map(({ variables }) => variables.input.clientId);
    expect(new Set(created)).toEqual(new Set([store.id]));
    expect(server.threads.size).toBe(1);
  });

  test("cannot be approved in, and stopping it does nothing", async () => {
    const store = client.newThread();
    await expect(store.approve("a1")).rejects.toMatchObject({ code: "INVALID" });
    await store.stop();
    expect(server.requests).toEqual([]);
  });
});

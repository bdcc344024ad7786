import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { WeftClient } from "../src/client.js";
import type { ThreadListStore } from "../src/threads/threadListStore.js";
import { FakeServer } from "./fakeServer.js";
import { deferred, until } from "./support.js";

let server: FakeServer;
let client: WeftClient;

beforeEach(() => {
  server = new FakeServer();
  client = new WeftClient({ url: "http://weft.test/graphql", fetch: server.fetch, webSocket: server.webSocket });
});
afterEach(() => client.close());

const ids = (store: ThreadListStore): string[] => store.state().threads.map(({ id }) => id).sort();

function changed(id: string, cursor: string): void {
  server.listEvents.push({ __typename: "ThreadChanged", cursor, thread: server.thread(id).summary() });
}

async function followed(options = {}): Promise<ThreadListStore> {
  const store = client.threads(options);
  client.keep(store);
  await until(() => server.followed.length === 1 && store.state().phase === "ready");
  return store;
}

describe("a live list of threads", () => {
  test("is the same for everybody who asks alike, and followed once", async () => {
    const store = await followed({ filter: { userId: "ann" } });
    expect(client.threads({ filter: { userId: "ann" } })).toBe(store);
    expect(client.threads({ filter: { userId: "bob" } })).not.toBe(store);
    client.keep(store);
    expect(server.followed).toHaveLength(1);
  });

  test("takes in what happens, and what happened while the connection was lost", async () => {
    server.thread("a");
    const store = await followed();
    changed("b", "1");
    server.deliver();
    await until(() => ids(store).join() === "a,b");
    server.cut();
    changed("c", "2");
    await until(() => ids(store).join() === "a,b,c");
    expect(server.asked("Threads")).toHaveLength(1);
  });

  test("takes in what happens between reading and following, from the cursor of what was read", async () => {
    server.admits = () => 1013;
    server.listEvents.push({ __typename: "ThreadDeleted", cursor: "7", threadId: "before" });
    const store = client.threads();
    client.keep(store);
    await until(() => store.state().phase === "ready");
    changed("a", "8");
    server.admits = () => null;
    await until(() => ids(store).join() === "a");
    expect(server.followed).toEqual([{ name: "threads", after: "7" }]);
    expect(server.asked("Threads")).toHaveLength(1);
  });

  test("of everybody goes on where it was, too", async () => {
    const store = await followed({ filter: { userId: null } });
    changed("a", "1");
    server.deliver();
    await until(() => store.state().cursor === "1");
    server.cut();
    await until(() => server.followed.length === 1);
    expect(server.followed[0]?.after).toBe("1");
    expect(server.asked("Threads")).toHaveLength(1);
  });

  test("forgets a thread that went while a further page with it was on its way", async () => {
    for (const id of ["a", "b", "c", "d"]) server.thread(id);
    const store = await followed({ pageSize: 2 });
    const asked = deferred<void>();
    const nodes = ["c", "d"].map((id) => server.thread(id).summary());
    const page = { edges: nodes.map((node) => ({ node })), pageInfo: { hasNextPage: false, endCursor: "d" }, cursor: "0" };
    server.instead.set("Threads", () => asked.promise.then(() => ({ threads: page })));
    const more = store.loadMore();
    server.listEvents.push({ __typename: "ThreadDeleted", cursor: "1", threadId: "c" });
    server.deliver();
    await until(() => store.state().cursor === "1");
    asked.resolve();
    await more;
    await until(() => ids(store).join() === "a,b,d");
  });

  test("takes the newest of two readings, whichever answers first", async () => {
    server.thread("new");
    const store = await followed();
    const old = deferred<void>();
    const page = { edges: [], pageInfo: { hasNextPage: false, endCursor: null }, cursor: "0" };
    server.instead.set("Threads", () => old.promise.then(() => ({ threads: page })));
    store.reload();
    await until(() => server.asked("Threads").length > 1);
    server.instead.clear();
    const asked = server.asked("Threads").length;
    store.reload();
    await until(() => server.asked("Threads").length > asked);
    old.resolve();
    await until(() => store.state().phase === "ready" && ids(store).length === 1);
    changed("next", "1");
    server.deliver();
    await until(() => ids(store).join() === "new,next");
  });

  test("that is searched asks the server which threads have the words", async () => {
    server.thread("a").title = "Bicycle";
    const store = await followed({ filter: { title: "Bicycle" } });
    server.thread("b").title = "Car";
    changed("b", "1");
    server.thread("c").title = "Bicycle, too";
    changed("c", "2");
    server.deliver();
    await until(() => ids(store).join() === "a,c");
  });

  test("that is searched is read again once for all that happens, and not again for what it was told before", async () => {
    server.thread("a").title = "Bicycle";
    const store = await followed({ filter: { title: "Bicycle" } });
    server.thread("b").title = "Bicycle, too";
    changed("b", "1");
    server.deliver();
    await until(() => ids(store).join() === "a,b");
    server.cut();
    await until(() => server.followed.length === 1);
    expect(server.followed[0]?.after).toBe("1");
    expect(server.asked("Threads")).toHaveLength(2);
  });

  test("has further pages, keeps them when it is read again, and tells an error of one", async () => {
    for (const id of ["a", "b", "c", "d", "e"]) server.thread(id);
    const store = await followed({ pageSize: 2 });
    await Promise.all([store.loadMore(), store.loadMore()]);
    expect(store.state().threads).toHaveLength(4);
    server.instead.set("Threads", () => new Response("", { status: 502 }));
    await store.loadMore();
    expect(store.state()).toMatchObject({ phase: "ready", hasMore: true, isLoadingMore: false, error: { code: "UNAVAILABLE" } });
    server.instead.clear();
    await store.loadMore();
    expect(store.state()).toMatchObject({ hasMore: false, error: null });
    store.reload();
    await until(() => server.asked("Threads").at(-1)?.variables.after === null && store.state().phase === "ready");
    expect(store.state().threads).toHaveLength(5);
  });

  test("is refused with a reason, asks no more, and is mended by reload", async () => {
    server.instead.set("Threads", () => new Response("", { status: 401 }));
    const store = client.threads();
    client.keep(store);
    await until(() => store.state().phase === "failed");
    expect(store.state().error).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
    await until(() => server.followed.length === 0);
    server.instead.clear();
    server.thread("a");
    store.reload();
    await until(() => ids(store).join() === "a" && server.followed.length === 1);
    expect(store.state()).toMatchObject({ phase: "ready", error: null });
  });

  test("is read anew after ResyncRequired", async () => {
    const store = await followed();
    server.threads.set("a", server.thread("a"));
    server.listEvents.push({ __typename: "ResyncRequired", cursor: "1", reason: "too slow" });
    server.deliver();
    await until(() => ids(store).join() === "a" && store.state().resync === null);
    expect(server.asked("Threads").length).toBeGreaterThan(1);
  });
});

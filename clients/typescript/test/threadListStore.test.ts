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
  });

  test("is read once more when the connection is there: between reading and following something may have happened", async () => {
    server.admits = () => 1013;
    const store = client.threads();
    client.keep(store);
    await until(() => store.state().phase === "ready");
    server.thread("a");
    server.admits = () => null;
    await until(() => ids(store).join() === "a");
    expect(server.asked("Threads")).toHaveLength(2);
  });

  test("takes the newest of two readings, whichever answers first", async () => {
    server.thread("new");
    const store = await followed();
    const old = deferred<void>();
    const page = { edges: [], pageInfo: { hasNextPage: false, endCursor: null } };
    server.instead.set("Threads", () => old.promise.then(() => ({ threads: page })));
    server.cut();
    await until(() => server.followed.length === 1);
    await until(() => server.asked("Threads").length > 1);
    server.instead.clear();
    const asked = server.asked("Threads").length;
    server.cut();
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
    server.cut();
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

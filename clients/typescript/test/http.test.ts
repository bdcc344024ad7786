import { afterEach, describe, expect, test, vi } from "vitest";

import { WeftClient } from "../src/client.js";
import { accepted } from "../src/errors.js";
import { AgentsDocument } from "../src/generated/operations.js";
import { newId } from "../src/newId.js";
import type { WeftOptions } from "../src/options.js";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function client(answer: (init: RequestInit) => Response | Promise<Response>, options: WeftOptions = {}): WeftClient {
  const fetched: typeof fetch = async (_url, init) => answer(init as RequestInit);
  return new WeftClient({ url: "http://weft.test/graphql", fetch: fetched, ...options });
}

const never = (init: RequestInit) =>
  new Promise<Response>((_, reject) => init.signal?.addEventListener("abort", () => reject(init.signal?.reason)));

describe("a request", () => {
  test("carries the token that is good now, and the headers that were given", async () => {
    const seen: unknown[] = [];
    let token: string | null = "one";
    const weft = client(
      ({ headers }) => {
        seen.push(headers);
        return Response.json({ data: { agents: [] } });
      },
      { token: async () => token, headers: { "x-tenant": "t1" } },
    );
    await weft.agents();
    token = null;
    await weft.agents();
    expect(seen).toMatchObject([{ authorization: "Bearer one", "x-tenant": "t1" }, { "x-tenant": "t1" }]);
    expect(seen[1]).not.toHaveProperty("authorization");
  });

  test("fails with the server's words and code", async () => {
    const errors = [{ message: "Not yours", extensions: { code: "FORBIDDEN" } }];
    const weft = client(() => Response.json({ errors, data: null }));
    await expect(weft.agents()).rejects.toMatchObject({ name: "WeftError", message: "Not yours", code: "FORBIDDEN", retryable: false });
  });

  test.each([
    [401, "UNAUTHENTICATED", false],
    [403, "FORBIDDEN", false],
    [404, null, false],
    [408, "UNAVAILABLE", true],
    [413, "TOO_LARGE", false],
    [429, "THROTTLED", true],
    [500, "UNAVAILABLE", true],
    [502, "UNAVAILABLE", true],
  ])("that something on the way answers with a page and %i fails with %s", async (status, code, retryable) => {
    const weft = client(() => new Response("<html>Sorry</html>", { status }));
    await expect(weft.agents()).rejects.toMatchObject({ code, retryable, message: expect.stringContaining(String(status)) });
  });

  test.each(["", "null", "[]", "{}", "<html>", '{"data":null}'])("is not taken in by the answer %j", async (text) => {
    await expect(client(() => new Response(text)).agents()).rejects.toMatchObject({ name: "WeftError", retryable: false });
  });

  test("without an answer fails with UNREACHABLE, after 30 s at the latest", async () => {
    vi.useFakeTimers();
    const failed = expect(client(never).agents()).rejects.toMatchObject({ code: "UNREACHABLE", retryable: true });
    await vi.advanceTimersByTimeAsync(30_000);
    await failed;
  });

  test("whose body never ends fails in the same time", async () => {
    vi.useFakeTimers();
    const weft = client(({ signal }) => {
      const body = new ReadableStream({ start: (controller) => signal?.addEventListener("abort", () => controller.error(new Error("cut"))) });
      return new Response(body);
    });
    const failed = expect(weft.agents()).rejects.toMatchObject({ code: "UNREACHABLE" });
    await vi.advanceTimersByTimeAsync(30_000);
    await failed;
  });

  test("that is given up fails with ABORTED at once, also before it was made", async () => {
    const controller = new AbortController();
    const asked = client(never).request(AgentsDocument, {}, { signal: controller.signal });
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: "ABORTED" });
    const late = client(never).request(AgentsDocument, {}, { signal: controller.signal });
    await expect(late).rejects.toMatchObject({ code: "ABORTED" });
  });

  test("whose token cannot be had fails with the reason, and a token that never comes is not waited for", async () => {
    vi.useFakeTimers();
    const broken = client(never, { token: () => Promise.reject(new Error("sign-in is down")) });
    await expect(broken.agents()).rejects.toMatchObject({ code: "UNREACHABLE", retryable: true, message: "There is no token: sign-in is down" });
    const waits = expect(client(never, { token: () => new Promise(() => undefined) }).agents()).rejects.toMatchObject({ code: "UNREACHABLE" });
    await vi.advanceTimersByTimeAsync(20_000);
    await waits;
  });
});

test("a payload with user errors is refused with the first of them, one without is passed on", () => {
  const error = { code: "CONFLICT", errorMessage: "Taken", path: ["title"] } as const;
  expect(() => accepted({ userErrors: [error] })).toThrow(expect.objectContaining({ code: "CONFLICT", path: ["title"], retryable: false }));
  const fine = { userErrors: [], done: true };
  expect(accepted(fine)).toBe(fine);
});

test("ids are different without crypto too", () => {
  vi.stubGlobal("crypto", undefined);
  const ids = Array.from({ length: 100 }, newId);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { chosenServer, keepKey, keepServer, keyFor } from "./settings";

const FIRST = "https://one.example/graphql";
const OTHER = "https://two.example/graphql";

/** The storage of a browser, as far as the page uses it. */
function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

const browser = { localStorage: storage(), sessionStorage: storage() };

beforeEach(() => vi.stubGlobal("window", browser));
afterEach(() => {
  browser.localStorage.kept.clear();
  browser.sessionStorage.kept.clear();
  vi.unstubAllGlobals();
});

test("a key is for the server it was given for, and for no other", () => {
  keepKey(FIRST, { text: "weft_one", remembered: false });
  expect(keyFor(FIRST)).toEqual({ text: "weft_one", remembered: false });
  expect(keyFor(OTHER)).toBeNull();
  expect(keyFor("")).toBeNull();
});

test("a key outlives its window only if that was asked for", () => {
  keepKey(FIRST, { text: "weft_short", remembered: false });
  keepKey(OTHER, { text: "weft_long", remembered: true });
  browser.sessionStorage.kept.clear();
  expect(keyFor(FIRST)).toBeNull();
  expect(keyFor(OTHER)).toEqual({ text: "weft_long", remembered: true });
});

test("another key takes the place of the one before, wherever that was kept", () => {
  keepKey(FIRST, { text: "weft_old", remembered: true });
  keepKey(FIRST, { text: "weft_new", remembered: false });
  expect([...browser.localStorage.kept.values()]).toEqual([]);
  expect(keyFor(FIRST)?.text).toBe("weft_new");
  keepKey(FIRST, null);
  expect(keyFor(FIRST)).toBeNull();
});

test("the page's own server is what is chosen unless another one was", () => {
  expect(chosenServer()).toBe("");
  keepServer(OTHER);
  expect(chosenServer()).toBe(OTHER);
  keepServer("");
  expect(browser.localStorage.kept.size).toBe(0);
});

test("a browser that keeps nothing is a browser without a key, not an error", () => {
  const refusing = {
    get localStorage(): never {
      throw new Error("refused");
    },
    get sessionStorage(): never {
      throw new Error("refused");
    },
  };
  vi.stubGlobal("window", refusing);
  keepKey(FIRST, { text: "weft_one", remembered: true });
  expect([keyFor(FIRST), chosenServer()]).toEqual([null, ""]);
});

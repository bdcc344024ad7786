import { expect, test } from "vitest";

import { commandOf } from "./shortcuts";

const key = (name: string, held: object = {}) => ({
  key: name,
  code: "",
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...held,
});

test("letters that are typed into a field command nothing", () => {
  expect(commandOf(key("?"), true, true)).toBeNull();
  expect(commandOf(key("/"), true, true)).toBeNull();
  expect(commandOf(key("/", { ctrlKey: true }), true, true)).toBe("help");
});

test("single keys can be turned off; the list of keys is then behind Ctrl and /", () => {
  expect(commandOf(key("?"), false, true)).toBe("help");
  expect(commandOf(key("?"), false, false)).toBeNull();
  expect(commandOf(key("/", { ctrlKey: true }), false, false)).toBe("help");
});

test("keys with Alt go by their place: what a layout types there does not matter", () => {
  expect(commandOf(key("ñ", { altKey: true, code: "KeyN" }), true, true)).toBe("newThread");
  expect(commandOf(key("x", { altKey: true, code: "KeyX" }), true, true)).toBeNull();
});

test("Ctrl K and Command K find threads, and no other letter with them is taken from the browser", () => {
  expect(commandOf(key("k", { ctrlKey: true }), true, true)).toBe("search");
  expect(commandOf(key("K", { metaKey: true }), true, true)).toBe("search");
  expect(commandOf(key("c", { ctrlKey: true }), false, true)).toBeNull();
});

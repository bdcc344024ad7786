import { expect, test } from "vitest";

import { between, count, lasting, money, size, spoken } from "./words";

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [-5, "0 ms"],
  [1_000, "1.0 s"],
  [59_949, "59.9 s"],
  [59_950, "1 min 0 s"],
  [61_000, "1 min 1 s"],
  [3_725_000, "1 h 2 min 5 s"],
])("%d milliseconds are %s", (ms, words) => {
  expect(lasting(ms)).toBe(words);
});

test("a time is measured only when both of its ends are known", () => {
  expect(between("2026-01-01T00:00:00Z", "2026-01-01T00:00:02.5Z")).toBe("2.5 s");
  expect(between("2026-01-01T00:00:00Z", null)).toBeNull();
  expect(between(null, "2026-01-01T00:00:00Z")).toBeNull();
});

test.each([
  [null, null],
  [0, "$0.00"],
  [1_230_000, "$1.23"],
  [1_234, "$0.0012"],
  [1, "$0.000001"],
])("%s millionths cost %s", (micros, words) => {
  expect(money(micros)).toBe(words);
});

test("one thing is named in the singular, all other numbers in the plural", () => {
  expect([count(0, "message"), count(1, "message"), count(1_200, "message")]).toEqual(["0 messages", "1 message", "1,200 messages"]);
});

test("sizes have the unit that fits", () => {
  expect([size(999), size(1_500), size(250_000), size(2_500_000)]).toEqual(["999 characters", "1.5 kB", "250 kB", "2.5 MB"]);
});

test("names of enumerations become words", () => {
  expect(spoken("CONTENT_FILTER")).toBe("Content filter");
});

/** Row 136 of the behaviour, by numbers worked out by hand: 128 characters/s at first, a tick each 50 ms. */

import { expect, test } from "vitest";

import { TextSmoother, TICK_MS } from "../src/smoothText.js";

const text = (length: number): string => "x".repeat(length);

test("what is there at first sight is shown at once, unless told otherwise", () => {
  expect(new TextSmoother("Hello", {}, 0)).toMatchObject({ visible: "Hello", cursor: 5, isStreaming: false });
  expect(new TextSmoother("Hello", { startStreaming: true }, 0)).toMatchObject({ visible: "", cursor: 0, isStreaming: true });
});

test("a tick shows as many characters as the speed gives in its time", () => {
  const smoother = new TextSmoother(text(100), { startStreaming: true }, 0);
  // 0.128 characters/ms x 50 ms = 6.4; after two ticks 12.8.
  expect(smoother.tick(TICK_MS)).toBe(true);
  expect(smoother.cursor).toBe(6);
  smoother.tick(2 * TICK_MS);
  expect(smoother.cursor).toBe(12);
  smoother.tick(3 * TICK_MS);
  expect(smoother.cursor).toBe(19);
});

test("another speed may be chosen to begin with", () => {
  const smoother = new TextSmoother(text(100), { startStreaming: true, charsPerSec: 1000 }, 0);
  smoother.tick(TICK_MS);
  expect(smoother.cursor).toBe(50);
});

test("the first change aims at the speed of what came, by two thirds", () => {
  const smoother = new TextSmoother("", {}, 0);
  smoother.change(text(100), 1000);
  // latest = 100 / 1000 = 0.1; target = 0.1; speed = (2 x 0.1 + 0.128) / 3 = 0.109333.
  smoother.tick(1100);
  expect(smoother.cursor).toBe(10);
  smoother.tick(1200);
  expect(smoother.cursor).toBe(21);
});

test("a later change also makes up for half of the error and of the lag", () => {
  const smoother = new TextSmoother("", {}, 0);
  smoother.change(text(100), 1000);
  smoother.tick(1100);
  // speed 0.109333, shown 10.9333. latest = 80 / 400 = 0.2; error = 0.090667; lag = (100 - 10.9333) / 400 = 0.222667;
  // target = 0.2 + (0.090667 + 0.222667) / 2 = 0.356667; (2 x 0.356667 + 0.109333) / 3 = 0.274222, at most 0.218667.
  smoother.change(text(180), 1400);
  smoother.tick(1500);
  // From tick to tick: 400 ms at the new speed, 87.4667 more.
  expect(smoother.cursor).toBe(98);
});

test("the speed at most doubles, and never falls below what comes", () => {
  const smoother = new TextSmoother("", {}, 0);
  smoother.change(text(10_000), 100);
  // latest = 100 characters/ms; capped at 2 x 0.128 = 0.256.
  smoother.tick(200);
  expect(smoother.cursor).toBe(25);
  const slow = new TextSmoother("", {}, 0);
  slow.change("x", 1000);
  slow.tick(2000);
  slow.change("xx", 11_000);
  // Fast and all shown: error = 0.0001 - 0.0433 < 0, so no correction; (2 x 0.0001 + 0.043333) / 3 = 0.014511.
  slow.tick(11_050);
  expect(slow.cursor).toBe(1);
  slow.tick(11_070);
  expect(slow.cursor).toBe(2);
});

test("time in which all was shown is not made up for when more comes", () => {
  const smoother = new TextSmoother("Hello", {}, 0);
  smoother.change("Hello, you there", 60_000);
  smoother.tick(60_000);
  expect(smoother.cursor).toBe(5);
});

test("a text that becomes another, shorter one is shown as far as it goes", () => {
  const smoother = new TextSmoother("Hello", {}, 0);
  smoother.change("Hi", 100);
  expect(smoother).toMatchObject({ visible: "Hi", cursor: 2, isStreaming: false });
});

test("a character of two halves is shown whole or not at all", () => {
  const smoother = new TextSmoother("ab\u{1f600}", { startStreaming: true, charsPerSec: 20 }, 0);
  const seen = [1, 2, 3, 4].map((tick) => {
    smoother.tick(tick * TICK_MS);
    return smoother.visible;
  });
  expect(seen).toEqual(["a", "ab", "ab", "ab\u{1f600}"]);
});

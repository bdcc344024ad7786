/** When a connection is doubted: a page that is shown again asks, a network that is back settles it. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { onWake } from "../src/wake.js";

const page = Object.assign(new EventTarget(), { document: Object.assign(new EventTarget(), { visibilityState: "visible" }) });
let heard: boolean[];
let forget: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", page);
  vi.stubGlobal("document", page.document);
  page.document.visibilityState = "visible";
  heard = [];
  forget = onWake((isBack) => heard.push(Boolean(isBack)));
});

afterEach(() => {
  forget();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a network that is back is another one", () => {
  page.dispatchEvent(new Event("online"));
  expect(heard).toEqual([true]);
});

test("a page that is shown again may have lost its connection, one that is hidden says nothing", () => {
  page.document.visibilityState = "hidden";
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(heard).toEqual([]);
  page.document.visibilityState = "visible";
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(heard).toEqual([false]);
});

test("a device that slept is noticed by the clock, one that was awake is not", () => {
  vi.advanceTimersByTime(60_000);
  expect(heard).toEqual([]);
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(5_000);
  expect(heard).toEqual([false]);
});

test("nothing is heard by whoever has gone", () => {
  forget();
  page.dispatchEvent(new Event("online"));
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(heard).toEqual([]);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Shelf } from "../src/shelf.js";

class Kept {
  isOpen = false;
  opened = 0;

  open(): void {
    this.opened += this.isOpen ? 0 : 1;
    this.isOpen = true;
  }

  close(): void {
    this.isOpen = false;
  }
}

let shelf: Shelf<Kept>;

beforeEach(() => {
  vi.useFakeTimers();
  shelf = new Shelf();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a store is followed while anybody keeps it, and two seconds longer", () => {
  const store = shelf.get("a", () => new Kept());
  const [one, two] = [shelf.keep(store), shelf.keep(store)];
  one();
  one();
  vi.advanceTimersByTime(5_000);
  expect(store.isOpen).toBe(true);
  two();
  vi.advanceTimersByTime(1_999);
  expect(store.isOpen).toBe(true);
  vi.advanceTimersByTime(1);
  expect(store).toMatchObject({ isOpen: false, opened: 1 });
});

test("one that is kept again in time was never let go", () => {
  const store = shelf.get("a", () => new Kept());
  shelf.keep(store)();
  vi.advanceTimersByTime(1_000);
  shelf.keep(store);
  vi.advanceTimersByTime(60_000);
  expect(store).toMatchObject({ isOpen: true, opened: 1 });
});

test("stores that nobody keeps are forgotten, the ones used longest ago first", () => {
  const first = shelf.get("0", () => new Kept());
  const kept = shelf.get("kept", () => new Kept());
  shelf.keep(kept);
  for (let count = 1; count <= 30; count += 1) shelf.get(String(count), () => new Kept());
  expect(shelf.get("30", () => first)).not.toBe(first);
  expect(shelf.get("kept", () => first)).toBe(kept);
  expect(shelf.get("0", () => new Kept())).not.toBe(first);
});

test("clearing closes what is kept and what lingers", () => {
  const [one, two] = [shelf.get("1", () => new Kept()), shelf.get("2", () => new Kept())];
  shelf.keep(one);
  shelf.keep(two)();
  shelf.clear();
  expect([one.isOpen, two.isOpen]).toEqual([false, false]);
  expect(vi.getTimerCount()).toBe(0);
});

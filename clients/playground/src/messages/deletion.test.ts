import { expect, test } from "vitest";

import { endOf } from "./deletion";

const prompt = { order: 2, stepOrder: 0 };
const answer = { order: 2, stepOrder: 1 };
const note = { order: 2, stepOrder: 5 };
const later = { order: 3, stepOrder: 0 };

test("an answer ends with its turn", () => {
  expect(endOf(answer, [prompt, answer, later])).toEqual({ endOrder: 3 });
});

test("an answer ends at the next message of the same turn, if there is one", () => {
  expect(endOf(answer, [prompt, answer, note, later])).toEqual({ endOrder: 2, endStepOrder: 5 });
});

import { expect, test } from "vitest";

import { fieldsOf, isChanged, optionsInput, optionsLine, problemsOf } from "./contextOptions";

const search = { limit: 3, textSearch: true, vectorSearch: false, vectorScoreThreshold: 0.5, before: 0, after: 1 };
const plain = { excludeToolMessages: true, recentMessages: 100, searchOtherThreads: false, maxTokens: null, search: null };
const own = fieldsOf(plain, false);
const searching = fieldsOf({ ...plain, maxTokens: 900, search }, true);

test("what was not changed is not sent", () => {
  expect(optionsInput(own, {})).toBeNull();
  expect(optionsInput(searching, {})).toBeNull();
});

test("what was changed and changed back is not sent", () => {
  expect(optionsInput(own, { recentMessages: "100", excludeToolMessages: true })).toBeNull();
  expect(isChanged(own, { recentMessages: " 100 " })).toBe(false);
});

test("an emptied number is the agent's own", () => {
  expect(optionsInput(searching, { maxTokens: "", limit: " " })).toBeNull();
});

test("only changes are sent", () => {
  expect(optionsInput(own, { recentMessages: "0", excludeToolMessages: false, maxTokens: "12" })).toEqual({
    recentMessages: 0,
    excludeToolMessages: false,
    maxTokens: 12,
  });
});

test("a search that is turned on is asked for with a limit; one that is turned off has the limit 0", () => {
  expect(optionsInput(own, { isSearching: true })).toEqual({ search: { limit: 10 } });
  expect(optionsInput(searching, { isSearching: false, limit: "7" })).toEqual({ search: { limit: 0 } });
});

test("a change to a search comes with its limit, which the schema wants", () => {
  expect(optionsInput(searching, { before: "2", vectorSearch: true })).toEqual({
    search: { limit: 3, before: 2, vectorSearch: true },
  });
});

test("fields of a search that is off are not sent", () => {
  expect(optionsInput(own, { before: "2" })).toBeNull();
});

test("the threshold may be a fraction, other numbers may not; each has its range", () => {
  expect(problemsOf({ vectorScoreThreshold: "-0.25", before: "50" })).toEqual({});
  expect(problemsOf({ vectorScoreThreshold: "1.1", recentMessages: "1.5", maxTokens: "0", limit: "many", after: "51" })).toEqual({
    vectorScoreThreshold: "A number from -1 to 1",
    recentMessages: "A whole number from 0 to 10000",
    maxTokens: "A whole number from 1 to 2147483647",
    limit: "A whole number from 1 to 100",
    after: "A whole number from 0 to 50",
  });
});

test("the options are told in a line", () => {
  expect(optionsLine(own, {})).toBe("100 recent, no search");
  expect(optionsLine(searching, { recentMessages: "4", searchOtherThreads: true })).toBe("4 recent, 900 tokens, 3 finds anywhere");
});

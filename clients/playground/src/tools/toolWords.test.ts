import { describe, expect, test } from "vitest";
import type { ToolPart } from "weft-client";

import { answerOf, decisionWords, pretty, progressWords, toolStateWords } from "./toolWords";

const approval = { id: "a", approved: null, reason: null, isAutomatic: false, decidedBy: null, decidedAt: null };

function part(fields: Partial<ToolPart>): ToolPart {
  return {
    __typename: "ToolPart",
    toolCallId: "c",
    toolName: "transfer",
    title: "Transfer",
    dynamic: false,
    toolState: "INPUT_AVAILABLE",
    input: {},
    rawInput: null,
    output: null,
    preliminary: false,
    errorText: null,
    approval: null,
    providerExecuted: false,
    ...fields,
  };
}

describe("a call's state", () => {
  test.each([
    ["Running…", part({}), true, false],
    ["Not run", part({}), false, false],
    ["Waiting for your answer", part({}), false, true],
    ["Not run", part({ providerExecuted: true }), false, true],
    ["Waiting for your approval", part({ toolState: "APPROVAL_REQUESTED", approval }), false, true],
    [
      "Waiting for approval",
      part({ toolState: "APPROVAL_REQUESTED", approval: { ...approval, isAutomatic: true } }),
      false,
      true,
    ],
    [
      "Approved, about to run…",
      part({ toolState: "APPROVAL_RESPONDED", approval: { ...approval, approved: true } }),
      true,
      false,
    ],
    ["Running…", part({ toolState: "OUTPUT_AVAILABLE", preliminary: true }), true, false],
    ["Done", part({ toolState: "OUTPUT_AVAILABLE" }), true, false],
    ["Denied", part({ toolState: "OUTPUT_DENIED" }), false, false],
  ])("is told as %s", (words, call, live, waiting) => {
    expect(toolStateWords(call, live, waiting)).toBe(words);
  });
});

test("a decision names who, when and why, as far as that is known", () => {
  const time = () => "10:00";
  expect(decisionWords(approval, time)).toBeNull();
  expect(decisionWords({ ...approval, approved: true }, time)).toBe("Approved");
  const whole = {
    ...approval,
    approved: false,
    decidedBy: "ada",
    decidedAt: "2026-11-22T10:00:00Z",
    reason: "too much",
  };
  expect(decisionWords(whole, time)).toBe("Denied by ada at 10:00: too much");
});

test("what is read out goes from tool to answer to question", () => {
  const using = { agentName: "demo", parts: [part({})] };
  expect(progressWords(using, true, false)).toBe("demo is using Transfer");
  expect(progressWords({ ...using, parts: [part({ toolState: "OUTPUT_AVAILABLE" })] }, true, false)).toBe(
    "demo is answering",
  );
  const asking = { ...using, parts: [part({ toolState: "APPROVAL_REQUESTED", approval })] };
  expect(progressWords(asking, false, true)).toBe("Transfer waits for your approval");
  expect(progressWords(using, false, true)).toBe("Transfer waits for your answer");
  expect(progressWords(using, false, false)).toBeNull();
});

test("values are shown as text or indented JSON, and answers read as JSON only where they are", () => {
  expect(pretty("as it is")).toBe("as it is");
  expect(pretty({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(answerOf(' {"a": 1} ')).toEqual({ a: 1 });
  expect(answerOf("[not JSON")).toBe("[not JSON");
  expect(answerOf("42")).toBe("42");
});

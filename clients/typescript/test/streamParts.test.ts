import { describe, expect, test } from "vitest";

import type { MessagePart, StreamPart, ToolPart } from "../src/model.js";
import { appendDelta } from "../src/thread/streamParts.js";
import { message } from "./testThread.js";

function written(chunks: readonly StreamPart[], before: readonly MessagePart[] = []) {
  const start = message(0, 1, { status: "STREAMING", parts: before });
  const delta = { streamId: "s", start: 0, end: chunks.length, parts: chunks };
  return appendDelta(start, delta, before.length);
}

function tool(chunks: readonly StreamPart[], before: readonly MessagePart[] = []): ToolPart {
  const calls = written(chunks, before).parts.filter((part) => part.__typename === "ToolPart");
  expect(calls).toHaveLength(1);
  return calls[0]!;
}

const start = { type: "tool-input-start", toolCallId: "c1", toolName: "weather" };
const available = { type: "tool-input-available", toolCallId: "c1", toolName: "weather", title: "Weather", input: { city: "Rome" } };
const request = { type: "tool-approval-request", toolCallId: "c1", approvalId: "a1" };

describe("a tool call", () => {
  test("shows its input as it grows, then whole, under its title", () => {
    const growing = [start, { type: "tool-input-delta", toolCallId: "c1", inputTextDelta: '{"city": ' }];
    const more = [...growing, { type: "tool-input-delta", toolCallId: "c1", inputTextDelta: '"Ro' }];
    expect(tool(more)).toMatchObject({ toolState: "INPUT_STREAMING", rawInput: '{"city": "Ro', input: null, title: null });
    const whole = tool([...more, available]);
    expect(whole).toMatchObject({ toolState: "INPUT_AVAILABLE", rawInput: null, input: { city: "Rome" }, title: "Weather" });
  });

  test("shows preliminary outputs, each in place of the one before, then the last one", () => {
    const half = { type: "tool-output-available", toolCallId: "c1", output: "half", preliminary: true };
    expect(tool([available, half])).toMatchObject({ toolState: "OUTPUT_AVAILABLE", output: "half", preliminary: true });
    const whole = { type: "tool-output-available", toolCallId: "c1", output: { degrees: 20 } };
    expect(tool([available, half, whole])).toMatchObject({ output: { degrees: 20 }, preliminary: false });
  });

  test("that fails says why, and drops what it had shown", () => {
    const half = { type: "tool-output-available", toolCallId: "c1", output: "half", preliminary: true };
    const error = { type: "tool-output-error", toolCallId: "c1", errorText: "no network" };
    const failed = { toolState: "OUTPUT_ERROR", errorText: "no network", output: null, preliminary: false };
    expect(tool([available, half, error])).toMatchObject(failed);
  });

  test("with an input that cannot be read shows it as it was written", () => {
    const wrong = { type: "tool-input-error", toolCallId: "c1", toolName: "weather", input: { town: 1 }, errorText: "no city" };
    expect(tool([start, wrong])).toMatchObject({ toolState: "OUTPUT_ERROR", rawInput: '{"town":1}', input: null, errorText: "no city" });
    const dynamic = { dynamic: true };
    expect(tool([{ ...start, ...dynamic }, { ...wrong, ...dynamic }])).toMatchObject({ rawInput: null, input: { town: 1 } });
  });

  test("asks for approval, is decided, and keeps the decision when it has ended", () => {
    const asked = tool([available, request]);
    expect(asked).toMatchObject({ toolState: "APPROVAL_REQUESTED", approval: { id: "a1", approved: null } });
    const response = { type: "tool-approval-response", approvalId: "a1", approved: true, reason: "fine" };
    const decided = tool([available, request, response]);
    expect(decided).toMatchObject({ toolState: "APPROVAL_RESPONDED", approval: { approved: true, reason: "fine" } });
    const ended = tool([{ type: "tool-output-available", toolCallId: "c1", output: "sent" }, response], [asked]);
    expect(ended).toMatchObject({ toolState: "OUTPUT_AVAILABLE", output: "sent", approval: { id: "a1", approved: true } });
  });

  test("that is denied says so, also one that nobody was asked about", () => {
    const denied = { type: "tool-output-denied", toolCallId: "c1" };
    expect(tool([available, request, denied])).toMatchObject({ toolState: "OUTPUT_DENIED", approval: { id: "a1", approved: false } });
    expect(tool([available, denied])).toMatchObject({ toolState: "OUTPUT_DENIED", approval: { id: "", approved: false } });
  });

  test("with the id of a call of an earlier step is another call", () => {
    const done = { type: "tool-output-available", toolCallId: "c1", output: 1 };
    const { parts } = written([{ type: "start-step" }, available, done, { type: "start-step" }, available]);
    const calls = parts.filter((part) => part.__typename === "ToolPart");
    expect(calls.map(({ toolState }) => toolState)).toEqual(["OUTPUT_AVAILABLE", "INPUT_AVAILABLE"]);
  });

  test.each([
    ["an unknown call", { type: "tool-output-available", toolCallId: "other", output: 1 }],
    ["an unknown approval", { type: "tool-approval-response", approvalId: "other", approved: true }],
    ["no call at all", { type: "tool-output-error", errorText: "x" }],
    ["nothing that is known", { type: "tool-something", toolCallId: "c1" }],
  ])("is not changed by a chunk about %s", (_what, chunk) => {
    expect(written([available, chunk])).toEqual(written([available]));
  });
});

describe("other parts", () => {
  test("of text and reasoning grow by their ids, side by side", () => {
    const { parts, text } = written([
      { type: "text-start", id: "a" },
      { type: "reasoning-start", id: "a" },
      { type: "text-delta", id: "a", delta: "Hel" },
      { type: "reasoning-delta", id: "a", delta: "Hmm" },
      { type: "text-delta", id: "a", delta: "lo" },
      { type: "text-end", id: "a" },
      { type: "text-start", id: "b" },
      { type: "text-delta", id: "b", delta: "there" },
      { type: "text-delta", id: "unknown", delta: "?" },
    ]);
    expect(parts).toMatchObject([
      { __typename: "TextPart", text: "Hello", state: "DONE" },
      { __typename: "ReasoningPart", text: "Hmm", state: "STREAMING" },
      { __typename: "TextPart", text: "there", state: "STREAMING" },
    ]);
    expect(text).toBe("Hello there");
  });

  test("are sources and files", () => {
    const { parts } = written([
      { type: "source-url", sourceId: "1", url: "https://example.org", title: "Example" },
      { type: "source-document", sourceId: "2", mediaType: "application/pdf", title: "A paper" },
      { type: "file", mediaType: "image/png", url: "data:image/png;base64,AA==" },
      { type: "source-url", sourceId: "3" },
    ]);
    expect(parts).toEqual([
      { __typename: "SourceUrlPart", sourceId: "1", url: "https://example.org", title: "Example" },
      { __typename: "SourceDocumentPart", sourceId: "2", mediaType: "application/pdf", documentTitle: "A paper", filename: null },
      { __typename: "FilePart", mediaType: "image/png", url: "data:image/png;base64,AA==", filename: null },
    ]);
  });

  test("of data replace those with the same name and id, and transient ones are not kept", () => {
    const { parts } = written([
      { type: "data-object", id: "o", data: { a: 1 } },
      { type: "data-object", data: "alone" },
      { type: "data-object", id: "o", data: { a: 1, b: 2 } },
      { type: "data-object", id: "t", data: 0, transient: true },
    ]);
    expect(parts).toEqual([
      { __typename: "DataPart", name: "object", partId: "o", data: { a: 1, b: 2 } },
      { __typename: "DataPart", name: "object", partId: null, data: "alone" },
    ]);
  });
});

test("a step that is written anew takes back what it had written, and nothing of the steps before", () => {
  const before = written([{ type: "start-step" }, available]).parts;
  const chunks = [{ type: "start-step" }, { type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "No" }];
  const again = [{ type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "Yes" }];
  expect(written([...chunks, { type: "reset-step" }, ...again], before).text).toBe("Yes");
  expect(written([{ type: "reset-step" }], before).parts).toEqual(before);
});

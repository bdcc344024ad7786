import { describe, expect, test } from "vitest";

import type { MessagePart, Stream, StreamPart, ToolPart, UIMessage } from "../src/model.js";
import { events, loaded, message, page, run, THREAD } from "./testThread.js";
import type { ThreadState } from "../src/thread/state.js";
import { isAnswering, isWaiting } from "../src/thread/state.js";
import { visibleMessages } from "../src/thread/visible.js";

const asked: ToolPart = {
  __typename: "ToolPart",
  toolCallId: "c1",
  toolName: "transfer",
  title: null,
  dynamic: false,
  toolState: "APPROVAL_REQUESTED",
  input: { amount: 250 },
  rawInput: null,
  output: null,
  preliminary: false,
  errorText: null,
  approval: { id: "a1", approved: null, reason: null, isAutomatic: false, decidedBy: null, decidedAt: null },
  providerExecuted: false,
};
const approved: ToolPart = { ...asked, toolState: "APPROVAL_RESPONDED", approval: { ...asked.approval!, approved: true } };
const done: ToolPart = { ...approved, toolState: "OUTPUT_AVAILABLE", output: "sent" };
const prompt = message(0, 0, { text: "Send 250 to Ada" });
const step = (stepOrder: number): MessagePart => ({ __typename: "StepStartPart", stepOrder });
const text = (value: string): MessagePart => ({ __typename: "TextPart", text: value, state: "DONE" });

function answer(status: UIMessage["status"], ...parts: MessagePart[]): UIMessage {
  return message(0, 1, { status, parts, text: parts.flatMap((part) => ("text" in part ? [part.text] : [])).join(" ") });
}

const waiting = answer("SUCCESS", step(1), text("May I?"), asked);
const going = answer("PENDING", step(1), text("May I?"), approved);
const saved = answer("SUCCESS", step(1), text("May I?"), done, step(4), text("Done."));
const second: Stream = { id: "s2", end: 0, uiMessage: message(0, 3, { id: "stream:s2", status: "STREAMING" }) };
const ended = { __typename: "StreamEnded", streamId: "s2", key: second.uiMessage.key, state: "FINISHED", abortReason: null } as const;

function advanced(start: number, ...parts: StreamPart[]) {
  return { __typename: "StreamAdvanced", delta: { streamId: "s2", start, end: start + parts.length, parts } } as const;
}

const output = advanced(0, { type: "start" }, { type: "tool-output-available", toolCallId: "c1", output: "sent" });
const words = advanced(2, { type: "start-step" }, { type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "Do" });

function shown(state: ThreadState): string[] {
  return visibleMessages(state).map(({ viewKey: id, status, parts }) => {
    const said = parts.flatMap((part) => {
      if (part.__typename === "ToolPart") return [part.toolState];
      return "text" in part ? [part.text] : [];
    });
    return [id.replace(`${THREAD}-`, ""), status, ...said].join(" ");
  });
}

describe("an answer that goes on after an approval", () => {
  const before = loaded({ uiMessages: page([prompt, waiting]) });

  test("stays one message under its first key, from the question to the end", () => {
    const seen = [];
    let state = before;
    for (const event of events(
      { __typename: "MessageSaved", uiMessage: going },
      { __typename: "StreamStarted", stream: second },
      output,
      words,
      { __typename: "MessageSaved", uiMessage: saved },
      ended,
    )) {
      state = run(state, event);
      seen.push(shown(state).slice(1).join(" | "));
    }
    expect(seen).toEqual([
      "0-1 PENDING May I? APPROVAL_RESPONDED",
      "0-1 STREAMING May I? APPROVAL_RESPONDED",
      "0-1 STREAMING May I? OUTPUT_AVAILABLE",
      "0-1 STREAMING May I? OUTPUT_AVAILABLE Do",
      "0-1 SUCCESS May I? OUTPUT_AVAILABLE Done.",
      "0-1 SUCCESS May I? OUTPUT_AVAILABLE Done.",
    ]);
    expect(state.streams).toEqual([]);
    expect(isAnswering(state)).toBe(false);
  });

  test("goes on where it was when the thread is read in the middle of it", () => {
    const overlaid = { ...going, status: "STREAMING", parts: [step(1), text("May I?"), done, step(4), { ...text("Do"), state: "STREAMING" }] } as UIMessage;
    const read = loaded({ uiMessages: page([prompt, overlaid]), streams: [{ ...second, end: 5 }] });
    const state = run(read, ...events(advanced(5, { type: "text-delta", id: "t", delta: "ne." })));
    expect(shown(state)[1]).toBe("0-1 STREAMING May I? OUTPUT_AVAILABLE Done.");
  });

  test("is not shown twice when its end is known before its stream", () => {
    const state = run(before, ...events(
      { __typename: "MessageSaved", uiMessage: saved },
      { __typename: "StreamStarted", stream: second },
      output,
      words,
    ));
    expect(shown(state).slice(1)).toEqual(["0-1 SUCCESS May I? OUTPUT_AVAILABLE Done."]);
    expect(run(state, ...events(ended)).streams).toEqual([]);
  });

  test("keeps what was streamed when it is stopped, until that is saved", () => {
    const streaming = run(before, ...events({ __typename: "MessageSaved", uiMessage: going }, { __typename: "StreamStarted", stream: second }, output, words));
    const stopped = run(streaming, ...events({ ...ended, state: "ABORTED", abortReason: "stop" }));
    expect(shown(stopped)[1]).toBe("0-1 STREAMING May I? OUTPUT_AVAILABLE Do");
    const failed = { ...saved, status: "FAILED" as const };
    expect(shown(run(stopped, ...events({ __typename: "MessageSaved", uiMessage: failed })))[1]).toMatch(/^0-1 FAILED/);
  });
});

describe("an answer whose other tools still run", () => {
  const first: Stream = { id: "s2", end: 0, uiMessage: message(0, 1, { id: "stream:s2", status: "STREAMING" }) };
  const call = [
    { type: "start-step" },
    { type: "tool-input-available", toolCallId: "c1", toolName: "transfer", input: { amount: 250 } },
    { type: "tool-approval-request", toolCallId: "c1", approvalId: "a1" },
  ];
  const streaming = run(
    loaded({ uiMessages: page([prompt, message(0, 1, { status: "PENDING" })]) }),
    ...events({ __typename: "StreamStarted", stream: first }, advanced(0, ...call)),
  );

  test("shows a decision as soon as it is saved, over what the stream says", () => {
    expect(shown(streaming)[1]).toBe("0-1 STREAMING APPROVAL_REQUESTED");
    const decided = run(streaming, ...events({ __typename: "MessageSaved", uiMessage: answer("PENDING", step(1), approved) }));
    expect(shown(decided)[1]).toBe("0-1 STREAMING APPROVAL_RESPONDED");
  });

  test("goes on with its stream though a decision made it look complete", () => {
    const decided = run(streaming, ...events({ __typename: "MessageSaved", uiMessage: answer("SUCCESS", step(1), approved) }));
    expect(shown(decided)[1]).toBe("0-1 STREAMING APPROVAL_RESPONDED");
    const on = run(decided, ...events(
      advanced(3, { type: "tool-output-available", toolCallId: "c1", output: "sent" }),
      { __typename: "MessageSaved", uiMessage: answer("PENDING", step(1), done) },
      advanced(4, { type: "start-step" }, { type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "Do" }),
    ));
    expect(shown(on)[1]).toBe("0-1 STREAMING OUTPUT_AVAILABLE Do");
    expect(on.resync).toBeNull();
  });
});

describe("neighbours of one answer", () => {
  test("are one message: place of the first, status of the last, a call both have where the later has it", () => {
    const first = message(0, 1, { parts: [text("May I?"), asked], text: "May I?" });
    const last = message(0, 3, { status: "FAILED", error: "stop", parts: [{ ...done, input: null, approval: null }, text("Done.")], text: "Done." });
    const state = loaded({ uiMessages: page([prompt, first, last]) });
    expect(shown(state)).toHaveLength(2);
    const joined = visibleMessages(state)[1]!;
    expect(joined).toMatchObject({ key: first.key, id: first.id, stepOrder: 1, status: "FAILED", error: "stop", text: "May I? Done." });
    expect(joined.parts).toEqual([text("May I?"), { ...done, approval: asked.approval }, text("Done.")]);
  });

  test("are a stream and the answer that is saved before it, if the stream came first", () => {
    const alone = advanced(0, { type: "text-start", id: "t" }, { type: "text-delta", id: "t", delta: "Do" });
    const state = run(loaded({ uiMessages: page([prompt]) }), ...events({ __typename: "StreamStarted", stream: second }, alone));
    const both = run(state, ...events({ __typename: "MessageSaved", uiMessage: going }));
    expect(shown(both)).toHaveLength(2);
    expect(shown(both)[1]).toBe("0-1 STREAMING May I? APPROVAL_RESPONDED Do");
    expect(shown(run(both, ...events({ __typename: "MessageSaved", uiMessage: saved })))[1]).toBe("0-1 SUCCESS May I? OUTPUT_AVAILABLE Done.");
  });

  test("of different turns, or of people, stay apart", () => {
    const rows = [message(0, 0, { text: "a" }), message(0, 1, { text: "b" }), message(1, 1, { text: "c" }), message(1, 2, { role: "USER", text: "d" })];
    expect(shown(loaded({ uiMessages: page(rows) }))).toHaveLength(4);
  });
});

describe("a generation that waits", () => {
  const generation = { id: "g", order: 0, agentName: "demo", status: "WAITING", error: null } as const;

  test("is known as waiting, not as answering, from the read or from its event", () => {
    const read = loaded({ generations: { edges: [{ node: generation }] } });
    const told = run(loaded(), ...events({ __typename: "GenerationChanged", generation }));
    for (const state of [read, told]) {
      expect(isWaiting(state)).toBe(true);
      expect(isAnswering(state)).toBe(false);
    }
    const on = run(told, ...events({ __typename: "GenerationChanged", generation: { ...generation, status: "RUNNING" } }));
    expect([isWaiting(on), isAnswering(on)]).toEqual([false, true]);
    const over = run(told, ...events({ __typename: "GenerationChanged", generation: { ...generation, status: "ABORTED" } }));
    expect([isWaiting(over), isAnswering(over)]).toEqual([false, false]);
  });

  test("still waits when the mutation that started it answers late", () => {
    const told = run(loaded(), ...events({ __typename: "GenerationChanged", generation }));
    const late = run(told, { type: "generationStarted", generation: { ...generation, status: "QUEUED" } });
    expect(isWaiting(late)).toBe(true);
  });
});

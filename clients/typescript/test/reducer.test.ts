import { describe, expect, test } from "vitest";

import { WeftError } from "../src/errors.js";
import type { Generation } from "../src/model.js";
import { delta, events, loaded, message, page, run, snapshot, stream, THREAD } from "./testThread.js";
import { isAnswering, newThreadState, type Draft, type ThreadState } from "../src/thread/state.js";
import { visibleMessages } from "../src/thread/visible.js";

const prompt = message(0, 0, { text: "Hi", clientId: "k1" });
const pending = message(0, 1, { status: "PENDING" });
const draft: Draft = { clientId: "k1", message: { prompt: "Hi", agentName: "demo" }, createdAt: prompt.createdAt, error: null };

function shown(state: ThreadState): string[] {
  return visibleMessages(state).map(({ key, status, text }) => `${key.replace(`${THREAD}-`, "")} ${status} ${text}`.trim());
}

function refused(words: string): WeftError {
  return new WeftError(words, { code: null, retryable: true });
}

function generation(id: string, status: Generation["status"]): Generation {
  return { id, order: 0, agentName: "demo", status, error: null };
}

describe("messages", () => {
  test("are sorted by order, then stepOrder, whatever order they come in", () => {
    const state = run(loaded(), ...events(
      { __typename: "MessageSaved", uiMessage: message(1, 0, { text: "c" }) },
      { __typename: "MessageSaved", uiMessage: message(0, 1, { text: "b" }) },
      { __typename: "MessageSaved", uiMessage: message(0, 0, { text: "a" }) },
    ));
    expect(shown(state)).toEqual(["0-0 SUCCESS a", "0-1 SUCCESS b", "1-0 SUCCESS c"]);
  });

  test("are replaced by a saved message with the same key", () => {
    const state = run(
      loaded({ uiMessages: page([prompt, pending]) }),
      ...events({ __typename: "MessageSaved", uiMessage: message(0, 1, { text: "Hello" }) }),
    );
    expect(shown(state)).toEqual(["0-0 SUCCESS Hi", "0-1 SUCCESS Hello"]);
  });

  test("are removed by key, with their streams", () => {
    const before = loaded({ uiMessages: page([prompt, pending]), streams: [stream("s", "He", 2)] });
    const state = run(before, ...events({ __typename: "MessageRemoved", keys: [pending.key] }));
    expect(shown(state)).toEqual(["0-0 SUCCESS Hi"]);
    expect(isAnswering(state)).toBe(false);
  });

  test("of a page that was not read yet stay with that page", () => {
    const before = loaded({ uiMessages: page([message(5, 0, { text: "new" })], "p5") });
    const state = run(before, ...events({ __typename: "MessageSaved", uiMessage: message(2, 0, { text: "old" }) }));
    expect(shown(state)).toEqual(["5-0 SUCCESS new"]);
    const older = page([message(2, 0, { text: "old" }), message(3, 0, { text: "mid" })]);
    const whole = run(state, { type: "olderLoaded", before: "p5", page: older });
    expect(shown(whole)).toEqual(["2-0 SUCCESS old", "3-0 SUCCESS mid", "5-0 SUCCESS new"]);
    expect(whole.hasOlder).toBe(false);
  });

  test("of an older page asked for before a resync are dropped", () => {
    const state = run(loaded({ uiMessages: page([message(9, 0)], "p9") }), {
      type: "olderLoaded",
      before: "p5",
      page: page([message(4, 0)]),
    });
    expect(state.messages).toHaveLength(1);
    expect(state.hasOlder).toBe(true);
  });
});

describe("cursor", () => {
  test("is the thread's after a load and then that of the last event, also of one that changes nothing", () => {
    expect(loaded().cursor).toBe("c0");
    const state = run(loaded(), ...events(
      { __typename: "StreamStarted", stream: stream("s", "", 0) },
      { __typename: "StreamAdvanced", delta: delta("s", 0, 2, "Hi") },
      { __typename: "StreamAdvanced", delta: delta("s", 0, 2, "Hi") },
    ));
    expect(state.cursor).toBe("c3");
  });
});

describe("drafts", () => {
  test("come after everything else, at the greatest order plus one", () => {
    const state = run(loaded({ uiMessages: page([message(4, 0), message(4, 1)]) }), { type: "drafted", draft });
    const last = visibleMessages(state).at(-1);
    expect(last).toMatchObject({ order: 5, stepOrder: 0, status: "PENDING", text: "Hi", role: "USER" });
  });

  test("are replaced by the event with the same clientId, and the answer to the mutation changes nothing then", () => {
    const state = run(
      loaded(),
      { type: "drafted", draft },
      ...events({ __typename: "MessageSaved", uiMessage: prompt }),
      { type: "sent", clientId: "k1", message: { ...prompt, text: "stale" }, generation: null },
    );
    expect(shown(state)).toEqual(["0-0 SUCCESS Hi"]);
    expect(state.drafts).toEqual([]);
  });

  test("are replaced by the mutation's answer when it comes first, and keep their place on screen", () => {
    const drafted = run(loaded(), { type: "drafted", draft });
    const sent = run(drafted, { type: "sent", clientId: "k1", message: prompt, generation: null });
    expect(shown(sent)).toEqual(["0-0 SUCCESS Hi"]);
    expect(visibleMessages(sent)[0]?.viewKey).toBe(visibleMessages(drafted)[0]?.viewKey);
    const twice = run(sent, ...events({ __typename: "MessageSaved", uiMessage: prompt }));
    expect(shown(twice)).toEqual(["0-0 SUCCESS Hi"]);
  });

  test("that failed say why, and may be sent again or discarded", () => {
    const failed = run(loaded(), { type: "drafted", draft }, { type: "draftFailed", clientId: "k1", error: refused("No") });
    expect(visibleMessages(failed)[0]).toMatchObject({ status: "FAILED", error: "No" });
    const retried = run(failed, { type: "draftRetried", clientId: "k1" });
    expect(visibleMessages(retried)[0]).toMatchObject({ status: "PENDING", error: null });
    expect(run(failed, { type: "draftDiscarded", clientId: "k1" }).drafts).toEqual([]);
  });

  test("survive a resync until the thread has them", () => {
    const state = run(loaded(), { type: "drafted", draft }, { type: "loaded", snapshot: snapshot() });
    expect(state.drafts).toHaveLength(1);
    expect(run(state, { type: "loaded", snapshot: snapshot({ uiMessages: page([prompt]) }) }).drafts).toEqual([]);
  });
});

describe("streams", () => {
  const before = loaded({ uiMessages: page([prompt, pending]) });
  const started = run(before, ...events({ __typename: "StreamStarted", stream: stream("s", "Hel", 2) }));

  test("show their snapshot over the pending message and then each delta", () => {
    expect(shown(started)).toEqual(["0-0 SUCCESS Hi", "0-1 STREAMING Hel"]);
    const state = run(started, ...events({ __typename: "StreamAdvanced", delta: delta("s", 2, 3, "lo") }));
    expect(shown(state)[1]).toBe("0-1 STREAMING Hello");
    expect(isAnswering(state)).toBe(true);
  });

  test("of a loaded thread continue at their end", () => {
    const state = run(
      loaded({ uiMessages: page([prompt, pending]), streams: [stream("s", "Hel", 7)] }),
      ...events({ __typename: "StreamAdvanced", delta: delta("s", 7, 8, "lo") }),
    );
    expect(shown(state)[1]).toBe("0-1 STREAMING Hello");
  });

  test("show without a saved message too", () => {
    const state = run(loaded({ uiMessages: page([prompt]) }), ...events({ __typename: "StreamStarted", stream: stream("s", "He", 1) }));
    expect(shown(state)).toEqual(["0-0 SUCCESS Hi", "0-1 STREAMING He"]);
  });

  test("ignore a delta that was seen", () => {
    const state = run(started, ...events({ __typename: "StreamAdvanced", delta: delta("s", 0, 2, "Hel") }));
    expect(shown(state)[1]).toBe("0-1 STREAMING Hel");
    expect(state.resync).toBeNull();
  });

  test.each([
    ["leaves a gap", delta("s", 5, 6, "!")],
    ["overlaps what is known", delta("s", 1, 4, "??")],
    ["belongs to an unknown stream", delta("other", 0, 1, "?")],
  ])("ask for a resync when a delta %s, and change nothing until the thread is read again", (_case, gap) => {
    const state = run(started, ...events({ __typename: "StreamAdvanced", delta: gap }));
    expect(state.resync).not.toBeNull();
    const ignored = run(state, ...events({ __typename: "StreamAdvanced", delta: delta("s", 2, 3, "lo") }));
    expect(shown(ignored)[1]).toBe("0-1 STREAMING Hel");
    const read = run(ignored, { type: "loaded", snapshot: snapshot({ uiMessages: page([prompt, message(0, 1, { text: "Hello!" })]) }) });
    expect(read.resync).toBeNull();
    expect(shown(read)[1]).toBe("0-1 SUCCESS Hello!");
  });

  test("keep reasoning and text apart", () => {
    const state = run(started, ...events({
      __typename: "StreamAdvanced",
      delta: {
        streamId: "s",
        start: 2,
        end: 6,
        parts: [
          { type: "reasoning-start", id: "r" },
          { type: "reasoning-delta", id: "r", delta: "Hmm" },
          { type: "reasoning-end", id: "r" },
          { type: "text-delta", id: "t", delta: "lo" },
        ],
      },
    }));
    expect(visibleMessages(state)[1]?.parts).toEqual([
      { __typename: "TextPart", text: "Hello", state: "STREAMING" },
      { __typename: "ReasoningPart", text: "Hmm", state: "DONE", id: "r" },
    ]);
  });

  test.each(["SUCCESS", "FAILED"] as const)("lose to a message saved as %s, whatever comes late", (status) => {
    const final = message(0, 1, { status, text: "Hello there" });
    const state = run(started, ...events(
      { __typename: "MessageSaved", uiMessage: final },
      { __typename: "StreamAdvanced", delta: delta("s", 2, 3, "lo") },
      { __typename: "StreamEnded", streamId: "s", key: final.key, state: "FINISHED", abortReason: null },
      { __typename: "StreamStarted", stream: stream("s", "Hel", 2) },
    ));
    expect(shown(state)[1]).toBe(`0-1 ${status} Hello there`);
    expect(state.resync).toBeNull();
    expect(isAnswering(state)).toBe(false);
  });

  test("show again for a message that is pending again", () => {
    const state = run(started, ...events(
      { __typename: "MessageSaved", uiMessage: message(0, 1, { status: "FAILED", text: "Hel" }) },
      { __typename: "MessageSaved", uiMessage: pending },
      { __typename: "StreamStarted", stream: stream("s2", "", 0) },
      { __typename: "StreamAdvanced", delta: delta("s2", 0, 1, "Anew") },
    ));
    expect(shown(state)[1]).toBe("0-1 STREAMING Anew");
  });

  test("that are aborted keep their text until the message is saved", () => {
    const ended = run(started, ...events({
      __typename: "StreamEnded",
      streamId: "s",
      key: pending.key,
      state: "ABORTED",
      abortReason: "stop",
    }));
    expect(shown(ended)[1]).toBe("0-1 STREAMING Hel");
    expect(isAnswering(ended)).toBe(false);
    const saved = run(ended, ...events({ __typename: "MessageSaved", uiMessage: message(0, 1, { status: "FAILED", text: "Hel", error: "stop" }) }));
    expect(shown(saved)[1]).toBe("0-1 FAILED Hel");
  });

  test("start over when another process takes the generation", () => {
    const state = run(started, ...events(
      { __typename: "StreamEnded", streamId: "s", key: pending.key, state: "ABORTED", abortReason: "Restarting" },
      { __typename: "StreamStarted", stream: stream("s2", "", 0) },
      { __typename: "StreamAdvanced", delta: delta("s2", 0, 2, "Howdy") },
    ));
    expect(shown(state)).toEqual(["0-0 SUCCESS Hi", "0-1 STREAMING Howdy"]);
    expect(state.streams).toHaveLength(1);
  });
});

describe("generations", () => {
  test("count as answering from queued until they end", () => {
    const queued = run(loaded(), { type: "generationStarted", generation: generation("g", "QUEUED") });
    expect(isAnswering(queued)).toBe(true);
    const running = run(queued, ...events({ __typename: "GenerationChanged", generation: generation("g", "RUNNING") }));
    expect(running.active).toHaveLength(1);
    const done = run(running, ...events({ __typename: "GenerationChanged", generation: generation("g", "SUCCEEDED") }));
    expect(isAnswering(done)).toBe(false);
  });

  test("that ended before the mutation's answer came do not start again", () => {
    const state = run(
      loaded(),
      { type: "drafted", draft },
      ...events({ __typename: "GenerationChanged", generation: generation("g", "SUCCEEDED") }),
      { type: "sent", clientId: "k1", message: prompt, generation: generation("g", "QUEUED") },
    );
    expect(isAnswering(state)).toBe(false);
  });

  test("of a loaded thread are known", () => {
    expect(isAnswering(loaded({ generations: { edges: [{ node: generation("g", "RUNNING") }] } }))).toBe(true);
    expect(isAnswering(loaded({ generations: { edges: [{ node: generation("g", "FAILED") }] } }))).toBe(false);
  });
});

describe("the thread", () => {
  test("takes a new title, and says when it is deleted, unknown or unreachable", () => {
    const renamed = run(loaded(), ...events({ __typename: "ThreadChanged", thread: { ...snapshot(), title: "New" } }));
    expect(renamed.thread?.title).toBe("New");
    expect(run(loaded(), ...events({ __typename: "ThreadDeleted", threadId: THREAD })).phase).toBe("deleted");
    expect(run(newThreadState(THREAD), { type: "notFound", error: null }).phase).toBe("missing");
    expect(run(newThreadState(THREAD), { type: "loadFailed", error: refused("x") }).phase).toBe("failed");
    expect(run(loaded(), { type: "loadFailed", error: refused("x") }).phase).toBe("ready");
  });

  test("is read again when the server asks for it", () => {
    expect(run(loaded(), ...events({ __typename: "ResyncRequired", reason: "too slow" })).resync).toBe("too slow");
  });

  test("is a draft until it is created", () => {
    const state = newThreadState(null);
    expect(state.phase).toBe("draft");
    expect(run(state, { type: "loaded", snapshot: snapshot() })).toMatchObject({ phase: "ready", threadId: THREAD });
  });
});

// @vitest-environment happy-dom
import { act, Suspense, startTransition, use, useState } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { WeftClient } from "../src/client.js";
import {
  SmoothText,
  useApprovals,
  useConnection,
  useNewThread,
  useSendMessage,
  useSmoothText,
  useStop,
  useThread,
  useThreads,
  useUIMessages,
  WeftProvider,
  type Approvals,
  type SendMessage,
  type ThreadRef,
  type UIMessages,
} from "../src/react/index.js";
import type { ToolPart } from "../src/model.js";
import { Page } from "./react.js";
import { deferred, Frames } from "./support.js";
import { message } from "./testThread.js";

let page: Page;

beforeEach(() => {
  page = new Page();
});
afterEach(async () => {
  await page.close();
  vi.useRealTimers();
});

let seen: UIMessages;
let renders = 0;

function Messages({ thread, skip }: { readonly thread: ThreadRef; readonly skip?: readonly string[] }) {
  seen = useUIMessages(thread, { pageSize: 5, ...(skip ? { skipStreamIds: skip } : {}) });
  renders += 1;
  return <p>{seen.messages.map(({ text, status }) => `${text}${status === "SUCCESS" ? "" : ` (${status})`}`).join("|")}</p>;
}

function written(thread: string, text: string): void {
  const history = page.server.thread(thread);
  if (!history.streams.has("s")) {
    history.start("s", 9, 1);
    history.advance("s", { type: "text-start", id: "t" });
  }
  history.advance("s", { type: "text-delta", id: "t", delta: text });
}

describe("useUIMessages", () => {
  test("shows a thread live, follows it once under StrictMode, and lets it go after it is unmounted", async () => {
    page.server.thread("a").say(0, "Hello");
    await page.show(<Messages thread="a" />);
    expect(seen.status).toBe("Exhausted");
    await page.until(() => page.text === "Hello" && page.server.followed.length === 1);
    expect(page.server.asked("Thread")).toHaveLength(1);
    page.server.thread("a").say(1, "Again");
    await act(async () => page.server.deliver());
    await page.until(() => page.text === "Hello|Again");
    vi.useFakeTimers();
    await page.show(null);
    await act(async () => vi.advanceTimersByTimeAsync(1_900));
    expect(page.server.followed).toHaveLength(1);
    await act(async () => vi.advanceTimersByTimeAsync(1_200));
    expect([page.server.followed.length, page.server.sockets.size]).toEqual([0, 0]);
  });

  test("renders at most once a frame while an answer streams", async () => {
    page.server.thread("a");
    await page.show(<Messages thread="a" />);
    await page.until(() => page.server.followed.length === 1 && seen.phase === "ready");
    const frames = new Frames();
    try {
      renders = 0;
      for (let frame = 1; frame <= 3; frame += 1) {
        await act(async () => {
          for (let count = 0; count < 50; count += 1) {
            written("a", "x");
            page.server.deliver();
          }
        });
        await act(async () => frames.next());
        expect(page.text).toContain("x".repeat(frame * 50));
      }
      // StrictMode renders twice to find impure components.
      expect(renders).toBe(3 * 2);
    } finally {
      frames.restore();
    }
  });

  test("loads older pages, and says where it is", async () => {
    const history = page.server.thread("a");
    for (let order = 0; order < 12; order += 1) history.say(order, String(order));
    await page.show(<Messages thread="a" />);
    await page.until(() => seen.status === "CanLoadMore");
    expect(page.text).toBe("7|8|9|10|11");
    let loading!: Promise<void>;
    await act(async () => void (loading = seen.loadOlder()));
    await act(async () => loading);
    expect(page.text).toBe("2|3|4|5|6|7|8|9|10|11");
    await act(async () => seen.loadOlder());
    expect([page.text, seen.status]).toEqual(["0|1|2|3|4|5|6|7|8|9|10|11", "Exhausted"]);
  });

  test("may be asked by two views of one thread that differ in what streams they show", async () => {
    page.server.thread("a").say(0, "Hello");
    written("a", "streamed");
    await page.show(
      <>
        <Messages thread="a" />
        <Messages thread="a" skip={["s"]} />
      </>,
    );
    await page.until(() => page.server.followed.length === 1);
    expect([...page.element.querySelectorAll("p")].map((each) => each.textContent)).toEqual(["Hello|streamed (STREAMING)", "Hello"]);
    expect(page.server.asked("Thread")).toHaveLength(1);
  });

  test("changes the thread, has none for null, and shows at once what was shown a moment ago", async () => {
    page.server.thread("a").say(0, "in a");
    page.server.thread("b").say(0, "in b");
    await page.show(<Messages thread="a" />);
    await page.until(() => page.text === "in a");
    await page.show(<Messages thread="b" />);
    await page.until(() => page.text === "in b");
    await page.show(<Messages thread={null} />);
    expect([page.text, seen.phase]).toEqual(["", "draft"]);
    await page.show(<Messages thread="a" />);
    expect(page.text).toBe("in a");
    expect(page.server.asked("Thread")).toHaveLength(2);
  });

  test("never shows two states of one thread in one picture, though rendering is interrupted", async () => {
    page.server.thread("a").say(0, "one");
    const late = deferred<string>();
    function Slow() {
      return <i>{use(late.promise)}</i>;
    }
    let open!: (isOpen: boolean) => void;
    function Both() {
      const [isOpen, setOpen] = useState(false);
      open = setOpen;
      return (
        <>
          <Messages thread="a" />
          <Suspense fallback={<i>…</i>}>{isOpen ? <Slow /> : null}</Suspense>
          <Messages thread="a" />
        </>
      );
    }
    await page.show(<Both />);
    await page.until(() => page.text === "oneone" && page.server.followed.length === 1);
    await act(async () => startTransition(() => open(true)));
    page.server.thread("a").say(1, "two");
    await act(async () => page.server.deliver());
    await page.until(() => page.text.startsWith("one|two"));
    expect(page.text).toBe("one|twoone|two");
    await act(async () => late.resolve("there"));
    await page.until(() => page.text === "one|twothereone|two");
    expect(page.server.followed).toHaveLength(1);
  });

  test("keeps the old thread on screen while a transition prepares another, and both stay live", async () => {
    page.server.thread("a").say(0, "in a");
    page.server.thread("b").say(0, "in b");
    const late = deferred<string>();
    function Late() {
      return <i>{use(late.promise)}</i>;
    }
    let go!: () => void;
    function Switching() {
      const [thread, setThread] = useState("a");
      go = () => setThread("b");
      return (
        <>
          <Messages thread={thread} />
          {thread === "b" ? <Late /> : null}
        </>
      );
    }
    await page.show(<Suspense fallback="…"><Switching /></Suspense>);
    await page.until(() => page.text === "in a" && page.server.followed.length === 1);
    await act(async () => startTransition(go));
    page.server.thread("a").say(1, "news");
    await act(async () => page.server.deliver());
    await page.until(() => page.text === "in a|news");
    await act(async () => late.resolve("!"));
    await page.until(() => page.text === "in b!");
  });

  test("tells of a thread that is not there, and of a server that is down", async () => {
    await page.show(<Messages thread="none" />);
    await page.until(() => seen.phase === "missing");
    page.server.isDown = true;
    await page.show(<Messages thread="other" />);
    await page.until(() => seen.phase === "failed");
    expect(seen.error).toMatchObject({ code: "UNREACHABLE" });
  });
});

describe("useSendMessage", () => {
  let sending: SendMessage;

  function Composer({ thread }: { readonly thread: ThreadRef }) {
    sending = useSendMessage(thread);
    return sending.isSending ? <b>…</b> : null;
  }

  test("shows a message at once, rolls it back to FAILED, sends it again, gives it back", async () => {
    page.server.thread("a");
    await page.show(<><Messages thread="a" /><Composer thread="a" /></>);
    await page.until(() => seen.phase === "ready");
    const answer = deferred<Response>();
    page.server.instead.set("SendMessage", () => answer.promise);
    let sent!: Promise<string | null>;
    await act(async () => void (sent = sending.send("Hello")));
    expect(page.text).toBe("Hello (PENDING)…");
    await act(async () => {
      answer.resolve(new Response("", { status: 502 }));
      await sent;
    });
    expect(page.text).toBe("Hello (FAILED)");
    const clientId = (await sent) as string;
    await act(async () => sending.resend(clientId));
    expect(page.text).toBe("Hello (FAILED)");
    page.server.instead.clear();
    await act(async () => sending.resend(clientId));
    expect(page.text).toBe("Hello");
    expect(new Set(page.server.asked("SendMessage").map(({ variables }) => variables.input.clientId))).toEqual(new Set([clientId]));
  });

  test("does nothing without a thread", async () => {
    await page.show(<Composer thread={null} />);
    expect(await sending.send("Hello")).toBeNull();
    expect(sending.discard("x")).toBeNull();
  });

  test("creates a new thread with its first message, once under StrictMode", async () => {
    let id: string | null = null;
    function New({ name }: { readonly name: string }) {
      const thread = useNewThread({ create: { title: name } }, name);
      id = thread.state().threadId;
      return <><Messages thread={thread} /><Composer thread={thread} /></>;
    }
    await page.show(<New name="one" />);
    expect(seen.phase).toBe("draft");
    await act(async () => sending.send("Hello"));
    expect([page.text, page.server.threads.size]).toEqual(["Hello", 1]);
    await page.until(() => page.server.followed.length === 1);
    await page.show(<New name="one" />);
    expect(id).toBe([...page.server.threads.keys()][0]);
    await page.show(<New name="two" />);
    expect([page.text, seen.phase, id]).toEqual(["", "draft", null]);
  });
});

describe("useApprovals and useStop", () => {
  const call: ToolPart = {
    __typename: "ToolPart",
    toolCallId: "c1",
    toolName: "transfer",
    title: null,
    dynamic: false,
    toolState: "APPROVAL_REQUESTED",
    input: { amount: 5 },
    rawInput: null,
    output: null,
    preliminary: false,
    errorText: null,
    approval: { id: "ap1", approved: null, reason: null, isAutomatic: false, decidedBy: null, decidedAt: null },
    providerExecuted: false,
  };
  const tabs: Approvals[] = [];

  function Tab({ at }: { readonly at: number }) {
    tabs[at] = useApprovals("a");
    const { canStop } = useStop("a");
    return <p>{tabs[at].waiting.map(({ part, for: why }) => `${part.toolName} ${why}`).join()}{canStop ? " stop" : ""}</p>;
  }

  function wait(part: ToolPart): void {
    const history = page.server.thread("a");
    history.save(message(0, 1, { parts: [part], key: "a-0-1", threadId: "a" }));
    history.generation("g", 0, "WAITING");
  }

  test("of two tabs that decide one approval the second is told ALREADY_HANDLED, then both see what was decided", async () => {
    wait(call);
    const other = new Page();
    Object.assign(other.server, { threads: page.server.threads });
    await page.show(<Tab at={0} />);
    await other.show(<Tab at={1} />);
    await page.until(() => page.text === "transfer approval stop" && other.text === page.text);
    await page.until(() => page.server.followed.length === 1 && other.server.followed.length === 1);
    const fine = { stillPending: [], generation: null, userErrors: [] };
    page.server.instead.set("ApproveToolCall", () => ({ approveToolCall: fine }));
    const userErrors = [{ code: "ALREADY_HANDLED", errorMessage: "It was decided before", path: ["approvalId"] }];
    other.server.instead.set("DenyToolCall", () => ({ denyToolCall: { ...fine, userErrors } }));
    await act(async () => tabs[0]?.approve("ap1", "fine"));
    expect(page.server.asked("ApproveToolCall")[0]?.variables.input).toEqual({ threadId: "a", approvalId: "ap1", reason: "fine" });
    await expect(tabs[1]?.deny("ap1")).rejects.toMatchObject({ name: "WeftError", code: "ALREADY_HANDLED", path: ["approvalId"] });
    const history = page.server.thread("a");
    history.save(message(0, 1, { key: "a-0-1", threadId: "a", parts: [{ ...call, toolState: "OUTPUT_AVAILABLE", output: "sent" }] }));
    history.generation("g", 0, "SUCCEEDED");
    await act(async () => {
      page.server.deliver();
      other.server.deliver();
    });
    await page.until(() => page.text === "" && other.text === "");
    await other.close();
  });

  test("a call that a person answers waits for its result", async () => {
    wait({ ...call, toolName: "ask_human", toolState: "INPUT_AVAILABLE", approval: null });
    await page.show(<Tab at={0} />);
    await page.until(() => page.text === "ask_human result stop");
    page.server.instead.set("SubmitToolResult", () => ({ submitToolResult: { stillPending: [], generation: null, userErrors: [] } }));
    await act(async () => tabs[0]?.submit("c1", "blue"));
    expect(page.server.asked("SubmitToolResult")[0]?.variables.input).toEqual({ threadId: "a", toolCallId: "c1", output: "blue" });
  });

  test("stopping ends every generation with the reason", async () => {
    const history = page.server.thread("a");
    history.generation("g1", 0, "RUNNING");
    history.generation("g2", 1, "QUEUED");
    let stop!: (reason?: string) => Promise<void>;
    function Stop() {
      const state = useStop("a");
      stop = state.stop;
      return state.canStop ? <b>stop</b> : null;
    }
    await page.show(<Stop />);
    await page.until(() => page.text === "stop");
    await act(async () => stop("enough"));
    expect(page.server.asked("AbortGeneration").map(({ variables }) => variables.input)).toEqual([
      { generationId: "g1", reason: "enough" },
      { generationId: "g2", reason: "enough" },
    ]);
  });
});

test("useThreads shows the live list, with its pages and its error", async () => {
  for (const id of ["a", "b", "c"]) page.server.thread(id);
  let list!: ReturnType<typeof useThreads>;
  function List() {
    list = useThreads({ pageSize: 2 });
    return <p>{list.threads.length}</p>;
  }
  await page.show(<List />);
  await page.until(() => list.status === "CanLoadMore" && page.server.followed.length === 1);
  await act(async () => list.loadMore());
  expect([page.text, list.status]).toEqual(["3", "Exhausted"]);
  page.server.thread("d");
  page.server.listEvents.push({ __typename: "ThreadChanged", cursor: "1", thread: page.server.thread("d").summary() });
  await act(async () => page.server.deliver());
  await page.until(() => page.text === "4");
});

test("useConnection says whether live events come", async () => {
  function State() {
    useThread("a");
    return <p>{useConnection()}</p>;
  }
  page.server.thread("a");
  await page.show(<State />);
  await page.until(() => page.text === "live");
  page.server.isDown = true;
  await act(async () => page.server.cut());
  expect(page.text).toBe("reconnecting");
  page.server.isDown = false;
  await page.until(() => page.text === "live");
});

describe("useSmoothText", () => {
  function Smooth({ text }: { readonly text: string }) {
    const [visible, { cursor, isStreaming }] = useSmoothText(text);
    return <p>{`${visible.length} ${cursor} ${isStreaming}`}</p>;
  }
  const pass = (ms: number) => act(async () => vi.advanceTimersByTimeAsync(ms));

  test("shows what was there at once, and reveals what comes at its pace", async () => {
    vi.useFakeTimers();
    await page.show(<Smooth text="Hello" />);
    expect(page.text).toBe("5 5 false");
    await pass(1000);
    await page.show(<Smooth text={`Hello${"x".repeat(100)}`} />);
    expect(page.text).toBe("5 5 true");
    // 100 characters in 1000 ms: speed (2 x 0.1 + 0.128) / 3 = 0.109333 a millisecond, 5.4667 a tick.
    await pass(50);
    expect(page.text).toBe("10 10 true");
    await pass(50);
    expect(page.text).toBe("15 15 true");
    await pass(1000);
    expect(page.text).toBe("105 105 false");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is not held up by a text that grows with every frame", async () => {
    vi.useFakeTimers();
    let text = "";
    await page.show(<Smooth text={text} />);
    for (let frame = 0; frame < 60; frame += 1) {
      text += "ab";
      await page.show(<Smooth text={text} />);
      await pass(16);
    }
    expect(Number(page.text.split(" ")[0])).toBeGreaterThan(60);
  });

  test("has a component, which reveals from the start when it is told to", async () => {
    vi.useFakeTimers();
    await page.show(<SmoothText text={"x".repeat(50)} startStreaming />);
    expect(page.text).toBe("");
    await pass(100);
    // 0.128 x 100 = 12.8
    expect(page.text).toHaveLength(12);
    await page.show(null);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("every hook renders on a server, where nothing is connected and nothing is asked", () => {
  const window = globalThis.window;
  const location = globalThis.location;
  vi.stubGlobal("window", undefined);
  vi.stubGlobal("document", undefined);
  vi.stubGlobal("location", undefined);
  vi.stubGlobal("WebSocket", undefined);
  let asked = 0;
  const client = new WeftClient({ fetch: async () => ((asked += 1), new Response()) });
  function Everything() {
    const thread = useNewThread();
    const { canStop } = useStop(thread);
    const { threads } = useThreads();
    const { waiting } = useApprovals("a");
    const { isSending } = useSendMessage("a");
    return <p>{[useConnection(), canStop, threads.length, waiting.length, isSending, useSmoothText("Hi")[0]].join()}</p>;
  }
  const html = renderToString(<WeftProvider client={client}><Messages thread="a" /><Everything /></WeftProvider>);
  vi.unstubAllGlobals();
  expect([window, location]).toEqual([globalThis.window, globalThis.location]);
  expect(html).toBe("<p></p><p>connecting,false,0,0,false,Hi</p>");
  expect(asked).toBe(0);
});

test("a hook without a provider says what is missing", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(() => renderToString(<Messages thread="a" />)).toThrow("WeftProvider");
  vi.restoreAllMocks();
});

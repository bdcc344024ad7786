import { useCallback } from "react";

import type { ToolPart } from "../model.js";
import type { ThreadMessage } from "../thread/visible.js";
import type { ThreadStore } from "../thread/threadStore.js";
import { useRead } from "./useStore.js";
import { useThread, type ThreadRef } from "./useThread.js";

export interface Waiting {
  readonly message: ThreadMessage;
  readonly part: ToolPart;
  /** approval: to be allowed or denied. result: a person or this client gives the result. */
  readonly for: "approval" | "result";
}

export interface Approvals {
  /** The tool calls of loaded messages that wait for somebody, oldest first. */
  readonly waiting: readonly Waiting[];
  /** Raises WeftError; ALREADY_HANDLED when somebody else was first: the thread's events then bring what was decided. */
  readonly approve: (approvalId: string, reason?: string) => Promise<void>;
  readonly deny: (approvalId: string, reason?: string) => Promise<void>;
  readonly submit: (toolCallId: string, output: unknown) => Promise<void>;
}

const none: readonly Waiting[] = [];

/** What waits for a person in a thread, and the ways to answer it. */
export function useApprovals(thread: ThreadRef): Approvals {
  const store = useThread(thread);
  const waiting = useRead(store, () => (store ? waitingIn(store) : none), sameWaiting);
  const approve = useCallback(async (id: string, reason?: string) => store?.approve(id, reason ?? null), [store]);
  const deny = useCallback(async (id: string, reason?: string) => store?.deny(id, reason ?? null), [store]);
  const submit = useCallback(async (id: string, output: unknown) => store?.submitToolResult(id, output), [store]);
  return { waiting, approve, deny, submit };
}

function waitingIn(store: ThreadStore): readonly Waiting[] {
  const isStuck = store.state().active.some((generation) => generation.status === "WAITING");
  return store.messages().flatMap((message) =>
    message.parts.flatMap((part): Waiting[] => {
      if (part.__typename !== "ToolPart") return [];
      if (part.toolState === "APPROVAL_REQUESTED") return [{ message, part, for: "approval" }];
      const unanswered = part.toolState === "INPUT_AVAILABLE" && !part.providerExecuted && isStuck;
      return unanswered ? [{ message, part, for: "result" }] : [];
    }),
  );
}

function sameWaiting(before: readonly Waiting[], now: readonly Waiting[]): boolean {
  return before.length === now.length && now.every(({ part }, index) => part === before[index]?.part);
}

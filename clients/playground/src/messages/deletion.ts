/** Deleting what the reader sees as one message: a prompt is one stored row, an answer all rows up to the next message. */

import { accepted, type ThreadMessage, type WeftClient } from "weft-client";
import { DeleteMessagesDocument } from "weft-client/operations";

import { DeleteMessageRangeDocument } from "../playgroundOperations";

type Placed = Pick<ThreadMessage, "order" | "stepOrder">;

/** Where the rows of a message end: at the next message of its turn, or with the turn. */
export function endOf(
  message: Placed,
  all: readonly Placed[],
): { readonly endOrder: number; readonly endStepOrder?: number } {
  const next = all.find(({ order, stepOrder }) => order === message.order && stepOrder > message.stepOrder);
  return next ? { endOrder: message.order, endStepOrder: next.stepOrder } : { endOrder: message.order + 1 };
}

/** Raises WeftError. */
export async function deleteMessage(
  client: WeftClient,
  message: ThreadMessage,
  all: readonly ThreadMessage[],
): Promise<void> {
  if (message.role !== "ASSISTANT") {
    accepted((await client.request(DeleteMessagesDocument, { input: { messageIds: [message.id] } })).deleteMessages);
    return;
  }
  const { threadId, order: startOrder, stepOrder: startStepOrder } = message;
  const input = { threadId, startOrder, startStepOrder, ...endOf(message, all) };
  accepted((await client.request(DeleteMessageRangeDocument, { input })).deleteMessageRange);
}

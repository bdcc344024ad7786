/** What can be done to a thread from outside of it. Each raises WeftError; the lists follow by their events. */

import { accepted, type WeftClient } from "weft-client";
import { DeleteThreadDocument, UpdateThreadDocument, type UpdateThreadInput } from "weft-client/operations";

export async function updateThread(client: WeftClient, input: UpdateThreadInput): Promise<void> {
  accepted((await client.request(UpdateThreadDocument, { input })).updateThread);
}

export async function deleteThread(client: WeftClient, threadId: string): Promise<void> {
  accepted((await client.request(DeleteThreadDocument, { input: { threadId } })).deleteThread);
}

/** The message as data: as screens get it, its tool calls, and the stored rows of its turn. */

import { useDeferredValue, useMemo } from "react";
import type { MessagePart, ThreadMessage, ThreadStore, ToolPart } from "weft-client";
import { useWeft } from "weft-client/react";

import { JsonBlock } from "./JsonBlock";
import { StoredRowsDocument, type StoredRowsQuery } from "./operations";
import { Answered, Empty } from "./States";
import { storedId, useTurnRevision } from "./subject";
import { useAsked, type Asked } from "./useAsked";
import { count, spoken } from "./words";

type Row = NonNullable<StoredRowsQuery["thread"]>["messages"]["edges"][number]["node"];

interface MessageTabProps {
  readonly store: ThreadStore;
  readonly message: ThreadMessage | null;
}

export function MessageTab({ store, message }: MessageTabProps) {
  const rows = useStoredRows(store, message);
  // A message that is being written becomes another one with every frame: its JSON follows when there is time.
  const seen = useDeferredValue(message);
  const shown = useMemo(() => (seen ? wireForm(seen) : null), [seen]);
  if (message === null) return <Empty title="No message is selected">Select one in the thread to see its data.</Empty>;
  const calls = message.parts.filter((part) => part.__typename === "ToolPart");
  return (
    <>
      {calls.length > 0 && <ToolCalls calls={calls} />}
      <JsonBlock title="UIMessage" note={message.key} value={shown} />
      {storedId(message) === null ? (
        <Empty title="No rows are stored yet">
          {message.draft ? "The server has not confirmed this message." : "They are stored with the first step of the answer."}
        </Empty>
      ) : (
        <Answered asked={rows} what="The stored rows">
          {(found) => <Rows rows={found} />}
        </Answered>
      )}
    </>
  );
}

/** The rows of the message's turn. A turn has as many as its steps and results, far below a page. */
function useStoredRows(store: ThreadStore, message: ThreadMessage | null): Asked<readonly Row[]> {
  const client = useWeft();
  const messageId = message === null ? null : storedId(message);
  return useAsked(messageId, useTurnRevision(store, message), async () => {
    if (message === null || messageId === null) return [];
    const { thread } = await client.request(StoredRowsDocument, { threadId: message.threadId, messageId });
    const found = thread?.messages.edges.map(({ node }) => node) ?? [];
    return found.filter((row) => row.order === message.order);
  });
}

function Rows({ rows }: { readonly rows: readonly Row[] }) {
  if (rows.length === 0) return <Empty title="No rows are stored">They were deleted, or the turn has none.</Empty>;
  return (
    <section aria-label="Stored rows">
      <h3 className="details-heading">{count(rows.length, "stored row")}</h3>
      {rows.map((row) => (
        <JsonBlock key={row.id} title={`${spoken(row.role)} ${row.order}.${row.stepOrder}`} note={spoken(row.status)} value={row} />
      ))}
    </section>
  );
}

function ToolCalls({ calls }: { readonly calls: readonly ToolPart[] }) {
  return (
    <section aria-label="Tool calls">
      <h3 className="details-heading">{count(calls.length, "tool call")}</h3>
      {calls.map((call, index) => (
        <article className="tool-call" key={`${call.toolCallId} ${index}`} data-state={call.toolState} aria-label={`Call of ${call.toolName}`}>
          <header className="tool-call__head">
            <h4 className="tool-call__name">{call.title ?? call.toolName}</h4>
            <code className="tool-call__id">{call.toolCallId}</code>
            <span className="tool-call__state">{spoken(call.toolState)}</span>
          </header>
          {call.errorText !== null && <p className="details-problem">{call.errorText}</p>}
          <JsonBlock title="Input" value={call.input ?? call.rawInput} />
          {call.output !== null && <JsonBlock title={call.preliminary ? "Output so far" : "Output"} value={call.output} />}
          {call.approval && <JsonBlock title="Approval" value={call.approval} />}
        </article>
      ))}
    </section>
  );
}

/** The message under the names of the schema, without what only this page knows of it. */
function wireForm({ viewKey: _view, isLive: _live, draft: _draft, parts, ...message }: ThreadMessage): unknown {
  return { ...message, parts: parts.map(wirePart) };
}

function wirePart(part: MessagePart): unknown {
  if (part.__typename === "ToolPart") {
    const { toolState: state, ...call } = part;
    return { ...call, state };
  }
  if (part.__typename === "SourceDocumentPart") {
    const { documentTitle: title, ...source } = part;
    return { ...source, title };
  }
  return part;
}

import { useState } from "react";
import type { ThreadSummary } from "weft-client";
import { useWeft } from "weft-client/react";

import { ConfirmDialog } from "../ui/ConfirmDialog";
import { copyText } from "../ui/copyText";
import { Menu } from "../ui/Menu";
import { useTell } from "../ui/Notices";
import { RenameDialog } from "./RenameDialog";
import { deleteThread, updateThread } from "./threadActions";

interface ThreadMenuProps {
  readonly thread: Pick<ThreadSummary, "id" | "title" | "status">;
  readonly onDeleted: () => void;
}

/** What can be done to a thread. */
export function ThreadMenu({ thread, onDeleted }: ThreadMenuProps) {
  const client = useWeft();
  const tell = useTell();
  const [asked, setAsked] = useState<"rename" | "delete" | null>(null);
  const name = thread.title ?? "Untitled thread";
  const isArchived = thread.status === "ARCHIVED";
  const archive = () =>
    updateThread(client, { threadId: thread.id, status: isArchived ? "ACTIVE" : "ARCHIVED" }).then(
      () => tell.done(isArchived ? "The thread is back among the others." : "The thread is archived."),
      (error: unknown) => tell.failed("The thread was not moved.", error),
    );
  const copy = () =>
    copyText(thread.id).then(
      () => tell.done("The id is copied."),
      (error: unknown) => tell.failed("Nothing was copied.", error),
    );
  return (
    <>
      <Menu
        label={`Actions for ${name}`}
        className="icon-button thread-row__menu"
        items={[
          { label: "Rename", icon: "edit", onSelect: () => setAsked("rename") },
          {
            label: isArchived ? "Take out of the archive" : "Archive",
            icon: "archive",
            onSelect: () => void archive(),
          },
          { label: "Copy the id", icon: "copy", onSelect: () => void copy() },
          { label: "Delete", icon: "trash", isAlarming: true, onSelect: () => setAsked("delete") },
        ]}
      />
      {asked === "rename" && (
        <RenameDialog
          title={thread.title ?? ""}
          onRename={(title) => updateThread(client, { threadId: thread.id, title })}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === "delete" && (
        <ConfirmDialog
          title="Delete this thread?"
          text={`“${name}” goes with all of its messages, for everybody. This cannot be undone.`}
          action="Delete the thread"
          onConfirm={async () => {
            await deleteThread(client, thread.id);
            onDeleted();
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

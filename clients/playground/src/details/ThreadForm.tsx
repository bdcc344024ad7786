/** Title, summary and metadata to edit. Fields that were not touched follow the thread; only touched ones are sent. */

import { useState } from "react";
import { WeftError, type ThreadStore, type ThreadSummary } from "weft-client";

import { TextField } from "./fields";
import { jsonFrom, jsonOf } from "./json";

type Field = "title" | "summary" | "metadata";
type Edits = Partial<Record<Field, string>>;

const fields: readonly { readonly name: Field; readonly label: string; readonly rows: number }[] = [
  { name: "title", label: "Title", rows: 1 },
  { name: "summary", label: "Summary", rows: 3 },
  { name: "metadata", label: "Metadata, JSON", rows: 5 },
];

interface ThreadFormProps {
  readonly store: ThreadStore;
  readonly thread: ThreadSummary;
}

export function ThreadForm({ store, thread }: ThreadFormProps) {
  const [edits, setEdits] = useState<Edits>({});
  const [problem, setProblem] = useState<{ readonly field: Field | null; readonly text: string } | null>(null);
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const isTouched = Object.keys(edits).length > 0;
  const save = async () => {
    setProblem(null);
    setState("saving");
    try {
      await store.update(changesOf(edits));
      setEdits((now) => without(now, edits));
      setState("saved");
    } catch (error) {
      setProblem(problemOf(error));
      setState("idle");
    }
  };
  const edit = (name: Field, value: string) => {
    setState("idle");
    setProblem((known) => (known?.field === name ? null : known));
    setEdits(({ [name]: _, ...others }) => (value === shownOf(thread, name) ? others : { ...others, [name]: value }));
  };
  return (
    <form
      className="thread-form"
      aria-label="The thread"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {fields.map(({ name, label, rows }) => (
        <TextField
          key={name}
          label={label}
          rows={rows}
          isCode={name === "metadata"}
          value={edits[name] ?? shownOf(thread, name)}
          problem={problem?.field === name ? problem.text : null}
          onChange={(value) => edit(name, value)}
        />
      ))}
      {problem?.field === null && (
        <p className="details-problem" role="alert">
          {problem.text}
        </p>
      )}
      <div className="thread-form__foot">
        <button className="details-button details-button--main" type="submit" disabled={!isTouched || state === "saving"}>
          Save
        </button>
        {isTouched && (
          <button className="details-button" type="button" onClick={() => (setEdits({}), setProblem(null))}>
            Take back
          </button>
        )}
        <span className="thread-form__state" role="status">
          {state === "saved" && !isTouched ? "Saved" : state === "saving" ? "Saving…" : ""}
        </span>
      </div>
    </form>
  );
}

function shownOf(thread: ThreadSummary, field: Field): string {
  const value = thread[field] ?? null;
  if (value === null) return "";
  return field === "metadata" ? jsonOf(value) : String(value);
}

class FieldError extends Error {
  constructor(
    readonly field: Field,
    message: string,
  ) {
    super(message);
  }
}

/** What is sent; an emptied field is cleared. Raises FieldError for metadata that cannot be read. */
function changesOf({ title, summary, metadata }: Edits): Parameters<ThreadStore["update"]>[0] {
  try {
    return {
      ...(title === undefined ? {} : { title: title.trim() || null }),
      ...(summary === undefined ? {} : { summary: summary.trim() || null }),
      ...(metadata === undefined ? {} : { metadata: jsonFrom(metadata) }),
    };
  } catch (error) {
    throw new FieldError("metadata", error instanceof Error ? error.message : String(error));
  }
}

function problemOf(error: unknown): { readonly field: Field | null; readonly text: string } {
  if (error instanceof FieldError) return { field: error.field, text: error.message };
  const at = error instanceof WeftError ? error.path?.at(-1) : undefined;
  const field = fields.find(({ name }) => name === at)?.name ?? null;
  return { field, text: error instanceof Error ? error.message : String(error) };
}

/** What was typed while it was being saved stays. */
function without(now: Edits, saved: Edits): Edits {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => saved[name as Field] !== value));
}

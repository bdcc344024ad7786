import type { Phase, WeftError } from "weft-client";

import { useServer } from "../connection/ServerContext";

interface ThreadNoticeProps {
  readonly phase: Phase;
  readonly error: WeftError | null;
  readonly onDismiss: () => void;
  readonly onReload: () => void;
  readonly onNew: () => void;
}

/** What there is to say about the thread as a whole: it loads, it is gone, or something did not work. */
export function ThreadNotice({ phase, error, onDismiss, onReload, onNew }: ThreadNoticeProps) {
  const { choose } = useServer();
  if (phase === "loading") return <Bones />;
  if (phase === "failed") {
    return (
      <p className="notice" role="status">
        {error?.message} Trying again…
      </p>
    );
  }
  if (phase === "missing" && error?.code === "UNAUTHENTICATED") {
    return (
      <div className="notice" role="alert">
        <p>The server wants a good key before it shows this thread.</p>
        <button type="button" onClick={() => choose(true)}>
          Give a key
        </button>
      </div>
    );
  }
  if (phase === "missing" || phase === "deleted") {
    return (
      <div className="notice" role="alert">
        <p>
          {phase === "deleted"
            ? "This thread was deleted."
            : (error?.message ?? "There is no such thread, or it is not yours to see.")}
        </p>
        {phase === "missing" && (
          <button type="button" onClick={onReload}>
            Look again
          </button>
        )}
        <button type="button" onClick={onNew}>
          Start a new thread
        </button>
      </div>
    );
  }
  return error === null ? null : (
    <div className="notice notice--failure" role="alert">
      <p>{error.message}</p>
      <button type="button" onClick={onDismiss}>
        Close
      </button>
    </div>
  );
}

function Bones() {
  return (
    <div className="bones" role="status">
      <span className="unseen">Loading the thread…</span>
      <span className="bone bone--mine" aria-hidden="true" />
      <span className="bone bone--theirs" aria-hidden="true" />
      <span className="bone bone--theirs" aria-hidden="true" />
    </div>
  );
}

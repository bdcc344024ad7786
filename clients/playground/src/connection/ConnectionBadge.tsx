import { useConnection } from "weft-client/react";

const words = { connecting: "Connecting…", live: "Live", reconnecting: "Reconnecting…" } as const;

/** Whether what is on screen is up to date. */
export function ConnectionBadge() {
  const state = useConnection();
  return (
    <span className={`connection connection--${state}`} role="status">
      {words[state]}
    </span>
  );
}

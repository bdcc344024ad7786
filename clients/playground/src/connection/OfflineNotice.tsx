import { useConnection } from "weft-client/react";

/** Said when the connection stays away: what happens to what is written meanwhile. */
export function OfflineNotice() {
  const state = useConnection();
  if (state !== "reconnecting") return null;
  return (
    <p className="offline" role="status">
      No connection. You see what was there last. What you write stays, and can be sent when the connection is back.
    </p>
  );
}

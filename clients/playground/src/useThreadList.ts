import { useEffect, useState } from "react";

import { ThreadListSession } from "./threadListSession";

export function useThreadList(): ThreadListSession {
  const [session] = useState(() => new ThreadListSession());
  useEffect(() => {
    session.open();
    return () => session.close();
  }, [session]);
  return session;
}

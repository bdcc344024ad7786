import { useCallback, useState } from "react";

import { UsersDocument } from "../playgroundOperations";
import { useRetried } from "../connection/useRetried";
import { useServer } from "../connection/ServerContext";

const PAGE = 100;

export interface Users {
  /** Those that own threads, ascending; null until the server has answered. */
  readonly users: readonly string[] | null;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
}

/** The users of the server, read anew for each `asked`. */
export function useUsers(asked: number): Users {
  const { client, round } = useServer();
  const [known, setKnown] = useState<{ users: readonly string[]; after: string | null } | null>(null);
  const page = async (after: string | null) => {
    const { edges, pageInfo } = (await client.request(UsersDocument, { first: PAGE, after })).users;
    return { users: edges.map((edge) => edge.node), after: pageInfo.hasNextPage ? pageInfo.endCursor : null };
  };
  useRetried(() => page(null), setKnown, `${round} ${asked}`);
  const after = known?.after ?? null;
  const loadMore = useCallback(() => {
    if (after === null) return;
    void page(after).then(
      (more) =>
        setKnown((before) => (before?.after === after ? { ...more, users: [...before.users, ...more.users] } : before)),
      () => undefined,
    );
    // `page` depends on the client alone.
  }, [client, after]);
  return { users: known?.users ?? null, hasMore: after !== null, loadMore };
}

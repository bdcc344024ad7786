import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";

import { Icon } from "./Icon";

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
}

export interface Tell {
  /** Goes away by itself. */
  readonly done: (text: string) => void;
  /** Stays until it is closed: it says why something was not done. */
  readonly failed: (what: string, error: unknown) => void;
}

const Context = createContext<Tell>({ done: () => undefined, failed: () => undefined });
const SHOWN_MS = 4_000;
const MOST = 3;

export const useTell = (): Tell => useContext(Context);

/** What the page says about things that were asked for and that belong to no message. */
export function Notices({ children }: { readonly children: ReactNode }) {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const count = useRef(0);
  const close = useCallback((id: number) => setNotices((shown) => shown.filter((notice) => notice.id !== id)), []);
  const add = useCallback((text: string, isError: boolean) => {
    const id = (count.current += 1);
    setNotices((shown) => [...shown.filter((notice) => notice.text !== text), { id, text, isError }].slice(-MOST));
    return id;
  }, []);
  const tell = useMemo<Tell>(
    () => ({
      done: (text) => {
        const id = add(text, false);
        setTimeout(() => close(id), SHOWN_MS);
      },
      failed: (what, error) =>
        void add(`${what} ${error instanceof Error ? error.message : String(error)}`.trim(), true),
    }),
    [add, close],
  );
  return (
    <Context.Provider value={tell}>
      {children}
      <div className="notices">
        {notices.map(({ id, text, isError }) => (
          <div
            key={id}
            className={isError ? "notice-card notice-card--failure" : "notice-card"}
            role={isError ? "alert" : "status"}
          >
            <p>{text}</p>
            <button className="icon-button" type="button" onClick={() => close(id)} aria-label="Close this notice">
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </Context.Provider>
  );
}

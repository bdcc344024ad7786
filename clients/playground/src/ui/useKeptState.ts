import { useCallback, useState } from "react";

import { keep, read } from "./stored";

/** State that a reload of this window does not lose. `parse` gets what was kept, whoever wrote it. */
export function useKeptState<Value>(
  kind: "localStorage" | "sessionStorage",
  name: string,
  parse: (kept: unknown) => Value,
): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => parse(json(read(kind, name))));
  const set = useCallback(
    (next: Value) => {
      setValue(next);
      keep(kind, name, JSON.stringify(next));
    },
    [kind, name],
  );
  return [value, set];
}

function json(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}

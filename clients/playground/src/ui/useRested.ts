import { useEffect, useState } from "react";

/** The value once it has stayed the same for a moment: what is typed is not asked for letter by letter. */
export function useRested<Value>(value: Value, forMs = 250): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), forMs);
    return () => clearTimeout(timer);
  }, [value, forMs]);
  return rested;
}

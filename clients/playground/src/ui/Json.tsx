import { pretty } from "../tools/toolWords";

interface JsonProps {
  readonly label: string;
  readonly value: unknown;
  /** In view from the start; the reader may fold it. */
  readonly open?: boolean;
}

/** A value behind its label: one line of it while it is folded, all of it, indented, when it is open. */
export function Json({ label, value, open = false }: JsonProps) {
  const text = pretty(value);
  const line = typeof value === "string" ? value : JSON.stringify(value);
  return (
    <details className="json" open={open}>
      <summary>
        <span className="json__label">{label}</span>
        <code className="json__line">{line}</code>
      </summary>
      <pre tabIndex={0} aria-label={label}>
        <code>{text}</code>
      </pre>
    </details>
  );
}

/** A value as indented JSON. A large one begins folded to its first lines, and is laid out only where it is looked at. */

import { useMemo, useState, type ReactNode } from "react";

import { CopyButton } from "./CopyButton";
import { chunksOf, jsonOf, tokensOf } from "./json";
import { size } from "./words";

/** So much is shown at first. */
const SHOWN = 6_000;
/** Colours are for what a person reads; beyond this it is data. */
const COLOURED = 60_000;

interface JsonBlockProps {
  readonly title: string;
  readonly value: unknown;
  /** A note beside the title. */
  readonly note?: ReactNode;
}

export function JsonBlock({ title, value, note }: JsonBlockProps) {
  const text = useMemo(() => jsonOf(value), [value]);
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > SHOWN;
  const shown = isLong && !isWhole ? text.slice(0, SHOWN) : text;
  const chunks = useMemo(() => chunksOf(shown), [shown]);
  return (
    <section className="json-block" aria-label={title}>
      <header className="json-block__head">
        <h4 className="json-block__title">{title}</h4>
        {note && <span className="json-block__note">{note}</span>}
        <CopyButton what={title} text={() => text} />
      </header>
      <pre className="json-block__text" tabIndex={0} role="group" aria-label={`${title}, JSON`}>
        {chunks.map((chunk, index) => (
          <code className="json-block__chunk" key={index}>
            {shown.length <= COLOURED ? coloured(chunk) : chunk}
          </code>
        ))}
      </pre>
      {isLong && (
        <button className="details-more" type="button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show the beginning only" : `Show all of it, ${size(text.length)}`}
        </button>
      )}
    </section>
  );
}

function coloured(text: string): ReactNode {
  return tokensOf(text).map(({ kind, text: piece }, index) =>
    kind === null ? (
      piece
    ) : (
      <span key={index} className={`json-${kind}`}>
        {piece}
      </span>
    ),
  );
}

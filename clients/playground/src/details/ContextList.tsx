/** The messages of a context with why each is there, how many tokens they take together, and what was left out. */

import { useMemo, useState } from "react";

import { contentText, leftOutWords, rankWords, sourceWords, splitOf, type Share, type Split } from "./contextItems";
import type { ContextItemFragment } from "./operations";
import { at, count, figure, spoken } from "./words";

interface ContextListProps {
  readonly items: readonly ContextItemFragment[];
  /** The limit that the options set; null for none. */
  readonly maxTokens: number | null;
}

export function ContextList({ items, maxTokens }: ContextListProps) {
  const split = useMemo(() => splitOf(items), [items]);
  return (
    <>
      <Total split={split} maxTokens={maxTokens} />
      <Items title="Sent to the model" items={split.sent} />
      {split.leftOut.length > 0 && <Items title="Left out" items={split.leftOut} />}
    </>
  );
}

function Total({ split, maxTokens }: { readonly split: Split; readonly maxTokens: number | null }) {
  const { sent, leftOut, tokens, shares } = split;
  return (
    <section className="context-total" aria-label="Tokens of the context">
      <p className="context-total__line">
        <strong className="context-total__tokens">{figure(tokens)}</strong>{" "}
        <span>{maxTokens === null ? (tokens === 1 ? "token" : "tokens") : `of ${figure(maxTokens)} tokens`}</span>
      </p>
      <p className="context-total__more">
        {count(sent.length, "message")}
        {leftOut.length > 0 && `, ${figure(leftOut.length)} left out`}
      </p>
      <Bar shares={shares} whole={Math.max(tokens, maxTokens ?? 0, 1)} />
      <ul className="context-legend">
        {shares.map(({ source, items, tokens: mine }) => (
          <li key={source} data-source={source}>
            {sourceWords[source]} <span>{`${figure(mine)} in ${items}`}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Shares of the whole as widths of a drawing: attributes, which a strict policy on styles lets pass. */
function Bar({ shares, whole }: { readonly shares: readonly Share[]; readonly whole: number }) {
  let x = 0;
  return (
    <svg className="context-bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect className="context-bar__whole" width="1000" height="8" />
      {shares.map(({ source, tokens }) => {
        const width = (tokens / whole) * 1000;
        const rect = <rect key={source} data-source={source} x={x} width={width} height="8" />;
        x += width;
        return rect;
      })}
    </svg>
  );
}

const PAGE = 100;

function Items({ title, items }: { readonly title: string; readonly items: readonly ContextItemFragment[] }) {
  const [shown, setShown] = useState(PAGE);
  const hidden = items.length - shown;
  return (
    <section className="context-items" aria-label={title}>
      <h3 className="details-heading">{title}</h3>
      <ol>
        {items.slice(0, shown).map((item, index) => (
          <Item key={`${item.messageId ?? ""} ${index}`} item={item} />
        ))}
      </ol>
      {hidden > 0 && (
        <button className="details-more" type="button" onClick={() => setShown(shown + PAGE)}>
          {`Show ${figure(Math.min(PAGE, hidden))} more of ${figure(hidden)}`}
        </button>
      )}
    </section>
  );
}

const LONG = 240;

function Item({ item }: { readonly item: ContextItemFragment }) {
  const [isOpen, setOpen] = useState(false);
  const text = contentText(item.content);
  const isLong = text.length > LONG || text.split("\n").length > 4;
  const ranks = rankWords(item);
  return (
    <li className="context-item" data-source={item.source} data-left-out={item.leftOut ?? undefined}>
      <p className="context-item__head">
        <span className="context-item__source">{sourceWords[item.source]}</span>
        <span>{spoken(item.role)}</span>
        {item.message && <span title={at(item.message.createdAt) ?? undefined}>{`turn ${item.message.order}.${item.message.stepOrder}`}</span>}
        <span className="context-item__tokens">{count(item.tokens, "token")}</span>
      </p>
      {ranks.length > 0 && <p className="context-item__ranks">{ranks.join(" · ")}</p>}
      {item.leftOut && <p className="context-item__why">{leftOutWords[item.leftOut]}</p>}
      <p className="context-item__text" data-folded={(isLong && !isOpen) || undefined}>
        {text || <em>{item.messageId !== null && item.message === null ? "Deleted since then" : "No content"}</em>}
      </p>
      {isLong && (
        <button className="details-more" type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Less" : "More"}
        </button>
      )}
    </li>
  );
}

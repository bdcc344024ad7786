import { memo, useMemo } from "react";

import { parseMarkup, type Block, type Inline } from "./markup";

/** A message's text as paragraphs, lists and code; never as HTML of its own. */
export const Markup = memo(function Markup({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkup(text), [text]);
  return (
    <div className="markup">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
});

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "code":
      return (
        <pre tabIndex={0} aria-label={block.language ? `Code, ${block.language}` : "Code"}>
          <code>{block.text}</code>
        </pre>
      );
    case "list":
      return <ListView block={block} />;
    case "heading":
      return (
        <p className="markup__heading">
          <Inlines inlines={block.inlines} />
        </p>
      );
    case "paragraph":
      return (
        <p>
          <Inlines inlines={block.inlines} />
        </p>
      );
  }
}

function ListView({ block }: { readonly block: Block & { readonly kind: "list" } }) {
  const items = block.items.map((inlines, index) => (
    <li key={index}>
      <Inlines inlines={inlines} />
    </li>
  ));
  return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
}

function Inlines({ inlines }: { readonly inlines: readonly Inline[] }) {
  return inlines.map(({ kind, text }, index) => {
    if (kind === "code") return <code key={index}>{text}</code>;
    if (kind === "strong") return <strong key={index}>{text}</strong>;
    return kind === "emphasis" ? <em key={index}>{text}</em> : text;
  });
}

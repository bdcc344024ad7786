import type { MessagePart, SourceDocumentPart, SourceUrlPart } from "weft-client";

import { webAddress } from "../ui/webAddress";

/** What the answer refers to, each source once. */
export function Sources({ parts }: { readonly parts: readonly MessagePart[] }) {
  const sources = parts.filter(
    (part) => part.__typename === "SourceUrlPart" || part.__typename === "SourceDocumentPart",
  );
  const unique = [...new Map(sources.map((source) => [nameOf(source), source])).entries()];
  if (unique.length === 0) return null;
  return (
    <ul className="sources" aria-label="Sources">
      {unique.map(([name, source]) => (
        <li key={name}>
          <SourceView source={source} />
        </li>
      ))}
    </ul>
  );
}

function nameOf(source: SourceUrlPart | SourceDocumentPart): string {
  return source.__typename === "SourceUrlPart" ? source.url : `${source.sourceId} ${source.documentTitle}`;
}

function SourceView({ source }: { readonly source: SourceUrlPart | SourceDocumentPart }) {
  if (source.__typename === "SourceDocumentPart") return <span>{source.documentTitle || source.filename}</span>;
  const address = webAddress(source.url);
  const title = source.title ?? source.url;
  if (address === null) return <span>{title}</span>;
  return (
    <a href={address} target="_blank" rel="noreferrer noopener" title={address}>
      {title}
    </a>
  );
}

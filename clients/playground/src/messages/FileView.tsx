import type { FilePart } from "weft-client";

import { webAddress } from "../ui/webAddress";

/** A picture that came with the message is shown; any other file, or one that lies elsewhere, is a link to it. */
export function FileView({ file }: { readonly file: FilePart }) {
  const name = file.filename ?? nameIn(file.url) ?? file.mediaType;
  if (/^data:image\//.test(file.url))
    return <img className="picture" src={file.url} alt={file.filename ?? "Picture"} />;
  const address = webAddress(file.url);
  if (address !== null) {
    return (
      <p className="file">
        <a href={address} target="_blank" rel="noreferrer noopener">
          {name}
        </a>
      </p>
    );
  }
  if (!file.url.startsWith("data:")) return <p className="file">{name}</p>;
  return (
    <p className="file">
      <a href={file.url} download={file.filename ?? "file"}>
        {name}
      </a>
    </p>
  );
}

/** The last word of a web address; null where it says nothing. */
function nameIn(url: string): string | null {
  const address = webAddress(url);
  return address === null ? null : new URL(address).pathname.split("/").at(-1) || new URL(address).host;
}

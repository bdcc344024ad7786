/** Files of this device as attachments. They travel within the message, so only small ones can. */

import type { Attachment } from "./outgoing";

/** The server takes 1 MiB of content as JSON; base64 makes four characters of three bytes. */
export const MOST_BYTES = 700_000;

export class RefusedFile extends Error {}

/** Raises RefusedFile when it is too large beside what is attached already, or cannot be read. */
export async function attachmentOf(file: File, others: readonly Attachment[]): Promise<Attachment> {
  const taken = others.reduce((sum, { url }) => sum + (url.startsWith("data:") ? url.length * 0.75 : 0), 0);
  if (file.size + taken > MOST_BYTES) {
    throw new RefusedFile(
      `${file.name} is too large to send within a message: files may have ${MOST_BYTES / 1000} kB together. Give the address of it instead.`,
    );
  }
  const url = await dataUrl(file);
  return {
    id: crypto.randomUUID?.() ?? `${Date.now()} ${file.name}`,
    url,
    mediaType: file.type || "application/octet-stream",
    filename: file.name,
  };
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new RefusedFile(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
}

const types: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
  pdf: "application/pdf",
  txt: "text/plain",
  csv: "text/csv",
  json: "application/json",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  mp4: "video/mp4",
};

/** What lies at an address; an address whose name says nothing is taken for a picture. Null if it is no web address. */
export function attachmentAt(text: string): Attachment | null {
  try {
    const url = new URL(text.trim());
    if (url.protocol !== "https:" && url.protocol !== "http:") return null;
    const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
    const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
    return { id: url.href, url: url.href, mediaType: types[ending] ?? "image/*", filename: name || null };
  } catch {
    return null;
  }
}

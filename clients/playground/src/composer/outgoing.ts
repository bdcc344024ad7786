/** From what was written, attached and chosen to what is sent. */

import type { OutgoingMessage } from "weft-client";
import type { GenerationOptionsInput } from "weft-client/operations";

export interface Attachment {
  /** Names it in the list of attachments. */
  readonly id: string;
  /** `https:`, `http:` or `data:`. */
  readonly url: string;
  readonly mediaType: string;
  readonly filename: string | null;
}

/** What an answer is to be made with, besides the agent. */
export interface SendOptions {
  /** In place of the agent's own system prompt; empty for that. */
  readonly instructions: string;
  /** In place of the agent's own model; empty for that. */
  readonly model: string;
  /** False only saves the message. */
  readonly answers: boolean;
  /** False shows an answer when it is complete, and stores no deltas of it. */
  readonly streams: boolean;
}

export const plainOptions: SendOptions = { instructions: "", model: "", answers: true, streams: true };

/** Reads what this window kept; what is not of the right kind is as if it had not been chosen. */
export function optionsOf(kept: unknown): SendOptions {
  const fields: Readonly<Record<string, unknown>> = typeof kept === "object" && kept !== null ? { ...kept } : {};
  const { instructions, model, answers, streams } = fields;
  return {
    instructions: typeof instructions === "string" ? instructions : "",
    model: typeof model === "string" ? model : "",
    answers: answers !== false,
    streams: streams !== false,
  };
}

/** How many of the options are other than usual. */
export function changedOptions(options: SendOptions): number {
  const { instructions, model, answers, streams } = options;
  return [instructions.trim() !== "", model.trim() !== "", !answers, !streams].filter(Boolean).length;
}

/** The overrides as the server takes them; undefined when there is none. */
export function generationOptions({ instructions, model, streams }: SendOptions): GenerationOptionsInput | undefined {
  const options: GenerationOptionsInput = {
    ...(instructions.trim() === "" ? {} : { instructions: instructions.trim() }),
    ...(model.trim() === "" ? {} : { model: model.trim() }),
    ...(streams ? {} : { stream: false }),
  };
  return Object.keys(options).length === 0 ? undefined : options;
}

export function outgoing(
  text: string,
  attachments: readonly Attachment[],
  agentName: string | null,
  options: SendOptions,
): OutgoingMessage {
  const overrides = options.answers ? generationOptions(options) : undefined;
  return {
    ...(attachments.length === 0 ? { prompt: text } : { content: contentOf(text, attachments) }),
    ...(agentName === null || !options.answers ? {} : { agentName }),
    ...(options.answers ? {} : { generate: false }),
    ...(overrides ? { options: overrides } : {}),
  };
}

function contentOf(text: string, attachments: readonly Attachment[]): NonNullable<OutgoingMessage["content"]> {
  const parts = attachments.map(({ url, mediaType, filename }) =>
    mediaType.startsWith("image/")
      ? { type: "image", image: url, mediaType }
      : { type: "file", data: url, mediaType, ...(filename === null ? {} : { filename }) },
  );
  return text === "" ? parts : [{ type: "text", text }, ...parts];
}

/** What a message said, to be written differently. */
export function writtenIn({ prompt, content = [] }: OutgoingMessage): string {
  const texts = content.flatMap((part) => (typeof part["text"] === "string" ? [part["text"]] : []));
  return [...(prompt === undefined ? [] : [prompt]), ...texts].join("\n\n");
}

/** The attachments of a message. */
export function attachedTo({ content = [] }: OutgoingMessage): readonly Attachment[] {
  return content.flatMap((part, index): Attachment[] => {
    const url = part["image"] ?? part["data"];
    if (typeof url !== "string") return [];
    const { mediaType, filename } = part;
    return [
      {
        id: `${index} ${url.slice(0, 80)}`,
        url,
        mediaType: typeof mediaType === "string" ? mediaType : "",
        filename: typeof filename === "string" ? filename : null,
      },
    ];
  });
}

/// <reference types="node" />
/** The client folds chunks into the very parts that the server's own reducer makes of them. */

import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import type { StreamPart } from "../../src/model.js";
import { visibleMessages } from "../../src/thread/visible.js";
import { Chance } from "../random.js";
import { events, loaded, run, stream } from "../testThread.js";

interface History {
  readonly chunks: readonly StreamPart[];
  readonly parts: readonly unknown[];
}

const histories = JSON.parse(readFileSync(process.env.WEFT_REDUCED ?? "", "utf8")) as readonly History[];

test("whatever is streamed, and however it is cut into deltas, becomes the parts that the server shows", () => {
  expect(histories.length).toBeGreaterThan(100);
  histories.forEach(({ chunks, parts }, seed) => {
    const chance = new Chance(seed);
    const deltas = [];
    for (let start = 0; start < chunks.length; ) {
      const end = Math.min(chunks.length, start + 1 + chance.below(4));
      deltas.push({ __typename: "StreamAdvanced" as const, delta: { streamId: "s", start, end, parts: chunks.slice(start, end) } });
      start = end;
    }
    const state = run(loaded({ streams: [stream("s", "", 0)] }), ...events(...deltas));
    const [message] = visibleMessages(state);
    const shown = message?.parts.map(({ ...part }) => {
      if ("stepOrder" in part) delete (part as { stepOrder?: unknown }).stepOrder;
      if ("id" in part) delete part.id;
      return part;
    });
    expect(shown, `seed ${seed}: ${JSON.stringify(chunks)}`).toEqual(parts);
    const texts = parts.flatMap((part) => ((part as { __typename: string }).__typename === "TextPart" ? [(part as { text: string }).text] : []));
    expect(message?.text).toBe(texts.join(" "));
  });
});

import { expect, test } from "vitest";

import { attachedTo, changedOptions, optionsOf, outgoing, plainOptions, writtenIn, type Attachment } from "./outgoing";

const picture: Attachment = { id: "1", url: "https://example.org/a.png", mediaType: "image/png", filename: "a.png" };
const paper: Attachment = {
  id: "2",
  url: "data:application/pdf;base64,AA==",
  mediaType: "application/pdf",
  filename: "b.pdf",
};

test("words alone are sent as a prompt, to the agent that was chosen", () => {
  expect(outgoing("Hello", [], "demo", plainOptions)).toEqual({ prompt: "Hello", agentName: "demo" });
});

test("words with files are sent as content parts: pictures as images, the rest as files with their names", () => {
  expect(outgoing("Look", [picture, paper], "demo", plainOptions)).toEqual({
    agentName: "demo",
    content: [
      { type: "text", text: "Look" },
      { type: "image", image: picture.url, mediaType: "image/png" },
      { type: "file", data: paper.url, mediaType: "application/pdf", filename: "b.pdf" },
    ],
  });
});

test("files may go without words", () => {
  expect(outgoing("", [picture], "demo", plainOptions).content).toHaveLength(1);
});

test("only the overrides that were written go along", () => {
  const options = { ...plainOptions, instructions: "  Be brief. ", streams: false };
  expect(outgoing("Hello", [], "demo", options).options).toEqual({ instructions: "Be brief.", stream: false });
  expect(outgoing("Hello", [], "demo", { ...plainOptions, model: "openai:gpt-5-mini" }).options).toEqual({
    model: "openai:gpt-5-mini",
  });
});

test("a message that is only saved names no agent and no options", () => {
  const options = { ...plainOptions, instructions: "Be brief.", answers: false };
  expect(outgoing("Note", [], "demo", options)).toEqual({ prompt: "Note", generate: false });
});

test("what was sent can be taken back as it was written", () => {
  const sent = outgoing("Look", [picture, paper], "demo", plainOptions);
  expect(writtenIn(sent)).toBe("Look");
  expect(attachedTo(sent).map(({ url }) => url)).toEqual([picture.url, paper.url]);
  expect(writtenIn(outgoing("Hello", [], "demo", plainOptions))).toBe("Hello");
});

test("options that were kept by anybody else are as good as none", () => {
  for (const broken of [null, 3, "x", [], { instructions: 3, model: {}, answers: "no" }])
    expect(optionsOf(broken)).toEqual(plainOptions);
  const kept = { instructions: "a", model: "b", answers: false, streams: false };
  expect(optionsOf(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  expect([changedOptions(plainOptions), changedOptions(kept)]).toEqual([0, 4]);
});

// The AI SDK's own word on our messages: a question a line in, an answer a line out.
//   {"validate": [UIMessage…]} → {"value": [UIMessage…]} or {"error": "…"}
//   {"read": [UIMessageChunk…]} → {"value": UIMessage or null, "error": "…"?}
//   {"legal": [anything…]} → {"value": [whether it is a UIMessageChunk…]}
import { createInterface } from "node:readline";
import { readUIMessageStream, uiMessageChunkSchema, validateUIMessages } from "ai";

globalThis.AI_SDK_LOG_WARNINGS = false;

async function read(chunks) {
  const answer = { value: null };
  const stream = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const onError = (error) => {
    answer.error = String(error);
  };
  for await (const message of readUIMessageStream({ stream, onError })) answer.value = message;
  return answer;
}

async function answer(question) {
  if ("read" in question) return read(question.read);
  if ("legal" in question) {
    const checked = question.legal.map((chunk) => uiMessageChunkSchema().validate(chunk));
    return { value: (await Promise.all(checked)).map((result) => result.success) };
  }
  try {
    return { value: await validateUIMessages({ messages: question.validate }) };
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}

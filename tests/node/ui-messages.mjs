// The AI SDK's own word on our messages: a question a line in, an answer a line out.
//   {"validate": [UIMessage…]} → {"value": [UIMessage…]} or {"error": "…"}
//   {"read": [UIMessageChunk…]} → {"value": UIMessage or null, "error": "…"?}
import { createInterface } from "node:readline";
import { readUIMessageStream, validateUIMessages } from "ai";

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
  try {
    return { value: await validateUIMessages({ messages: question.validate }) };
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}

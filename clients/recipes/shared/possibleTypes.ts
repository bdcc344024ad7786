/** Which types an interface or a union stands for. A cache that does not know skips what a fragment asks of them. */

export const possibleTypes = {
  Event: [
    "GenerationChanged",
    "MessageRemoved",
    "MessageSaved",
    "ResyncRequired",
    "StreamAdvanced",
    "StreamEnded",
    "StreamStarted",
    "ThreadChanged",
    "ThreadDeleted",
  ],
  UIMessagePart: [
    "DataPart",
    "FilePart",
    "ReasoningPart",
    "SourceDocumentPart",
    "SourceUrlPart",
    "StepStartPart",
    "TextPart",
    "ToolPart",
  ],
  UserError: ["GenerationError", "InputError", "RateLimitError"],
};

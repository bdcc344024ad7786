/**
 * @generated SignedSource<<a3d19fabd72b3b08402310f2a6f6ce42>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type GenerationStatus = "ABORTED" | "FAILED" | "QUEUED" | "RUNNING" | "SUCCEEDED" | "WAITING" | "%future added value";
export type PartState = "DONE" | "STREAMING" | "%future added value";
export type ToolState = "APPROVAL_REQUESTED" | "APPROVAL_RESPONDED" | "INPUT_AVAILABLE" | "INPUT_STREAMING" | "OUTPUT_AVAILABLE" | "OUTPUT_DENIED" | "OUTPUT_ERROR" | "%future added value";
export type UIMessageRole = "ASSISTANT" | "SYSTEM" | "USER" | "%future added value";
export type UIMessageStatus = "FAILED" | "PENDING" | "STREAMING" | "SUCCESS" | "%future added value";
export type eventsSubscription$variables = {
  after?: string | null | undefined;
  threadId: string;
};
export type eventsSubscription$data = {
  readonly threadEvents: {
    readonly __typename: string;
    readonly cursor?: string;
    readonly delta?: {
      readonly end: number;
      readonly parts: ReadonlyArray<unknown>;
      readonly start: number;
      readonly streamId: string;
    };
    readonly generation?: {
      readonly agentName: string;
      readonly error: string | null | undefined;
      readonly id: string;
      readonly order: number;
      readonly status: GenerationStatus;
    };
    readonly keys?: ReadonlyArray<string>;
    readonly stream?: {
      readonly end: number;
      readonly id: string;
      readonly uiMessage: {
        readonly agentName: string | null | undefined;
        readonly clientId: string | null | undefined;
        readonly createdAt: string;
        readonly error: string | null | undefined;
        readonly id: string;
        readonly key: string;
        readonly metadata: unknown | null | undefined;
        readonly order: number;
        readonly parts: ReadonlyArray<{
          readonly __typename: "DataPart";
          readonly data: unknown;
          readonly name: string;
          readonly partId: string | null | undefined;
        } | {
          readonly __typename: "FilePart";
          readonly filename: string | null | undefined;
          readonly mediaType: string;
          readonly url: string;
        } | {
          readonly __typename: "ReasoningPart";
          readonly state: PartState;
          readonly text: string;
        } | {
          readonly __typename: "SourceDocumentPart";
          readonly documentTitle: string;
          readonly filename: string | null | undefined;
          readonly mediaType: string;
          readonly sourceId: string;
        } | {
          readonly __typename: "SourceUrlPart";
          readonly sourceId: string;
          readonly title: string | null | undefined;
          readonly url: string;
        } | {
          readonly __typename: "StepStartPart";
          readonly stepOrder: number;
        } | {
          readonly __typename: "TextPart";
          readonly state: PartState;
          readonly text: string;
        } | {
          readonly __typename: "ToolPart";
          readonly approval: {
            readonly approved: boolean | null | undefined;
            readonly decidedAt: string | null | undefined;
            readonly decidedBy: string | null | undefined;
            readonly id: string;
            readonly isAutomatic: boolean;
            readonly reason: string | null | undefined;
          } | null | undefined;
          readonly dynamic: boolean;
          readonly errorText: string | null | undefined;
          readonly input: unknown | null | undefined;
          readonly output: unknown | null | undefined;
          readonly preliminary: boolean;
          readonly providerExecuted: boolean;
          readonly rawInput: string | null | undefined;
          readonly title: string | null | undefined;
          readonly toolCallId: string;
          readonly toolName: string;
          readonly toolState: ToolState;
        } | {
          // This will never be '%other', but we need some
          // value in case none of the concrete values match.
          readonly __typename: "%other";
        }>;
        readonly role: UIMessageRole;
        readonly status: UIMessageStatus;
        readonly stepOrder: number;
        readonly text: string;
        readonly threadId: string;
        readonly usage: {
          readonly cachedInputTokens: number;
          readonly costMicros: number | null | undefined;
          readonly inputTokens: number;
          readonly outputTokens: number;
          readonly reasoningTokens: number;
          readonly totalTokens: number;
        } | null | undefined;
        readonly userId: string | null | undefined;
      };
    };
    readonly streamId?: string;
    readonly thread?: {
      readonly id: string;
      readonly title: string | null | undefined;
    };
    readonly uiMessage?: {
      readonly agentName: string | null | undefined;
      readonly clientId: string | null | undefined;
      readonly createdAt: string;
      readonly error: string | null | undefined;
      readonly id: string;
      readonly key: string;
      readonly metadata: unknown | null | undefined;
      readonly order: number;
      readonly parts: ReadonlyArray<{
        readonly __typename: "DataPart";
        readonly data: unknown;
        readonly name: string;
        readonly partId: string | null | undefined;
      } | {
        readonly __typename: "FilePart";
        readonly filename: string | null | undefined;
        readonly mediaType: string;
        readonly url: string;
      } | {
        readonly __typename: "ReasoningPart";
        readonly state: PartState;
        readonly text: string;
      } | {
        readonly __typename: "SourceDocumentPart";
        readonly documentTitle: string;
        readonly filename: string | null | undefined;
        readonly mediaType: string;
        readonly sourceId: string;
      } | {
        readonly __typename: "SourceUrlPart";
        readonly sourceId: string;
        readonly title: string | null | undefined;
        readonly url: string;
      } | {
        readonly __typename: "StepStartPart";
        readonly stepOrder: number;
      } | {
        readonly __typename: "TextPart";
        readonly state: PartState;
        readonly text: string;
      } | {
        readonly __typename: "ToolPart";
        readonly approval: {
          readonly approved: boolean | null | undefined;
          readonly decidedAt: string | null | undefined;
          readonly decidedBy: string | null | undefined;
          readonly id: string;
          readonly isAutomatic: boolean;
          readonly reason: string | null | undefined;
        } | null | undefined;
        readonly dynamic: boolean;
        readonly errorText: string | null | undefined;
        readonly input: unknown | null | undefined;
        readonly output: unknown | null | undefined;
        readonly preliminary: boolean;
        readonly providerExecuted: boolean;
        readonly rawInput: string | null | undefined;
        readonly title: string | null | undefined;
        readonly toolCallId: string;
        readonly toolName: string;
        readonly toolState: ToolState;
      } | {
        // This will never be '%other', but we need some
        // value in case none of the concrete values match.
        readonly __typename: "%other";
      }>;
      readonly role: UIMessageRole;
      readonly status: UIMessageStatus;
      readonly stepOrder: number;
      readonly text: string;
      readonly threadId: string;
      readonly usage: {
        readonly cachedInputTokens: number;
        readonly costMicros: number | null | undefined;
        readonly inputTokens: number;
        readonly outputTokens: number;
        readonly reasoningTokens: number;
        readonly totalTokens: number;
      } | null | undefined;
      readonly userId: string | null | undefined;
    };
  };
};
export type eventsSubscription = {
  response: eventsSubscription$data;
  variables: eventsSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "after"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "threadId"
},
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "__typename",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "order",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "stepOrder",
  "storageKey": null
},
v6 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "status",
  "storageKey": null
},
v7 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "text",
  "storageKey": null
},
v8 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "agentName",
  "storageKey": null
},
v9 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "error",
  "storageKey": null
},
v10 = [
  (v7/*:: as any*/),
  {
    "alias": null,
    "args": null,
    "kind": "ScalarField",
    "name": "state",
    "storageKey": null
  }
],
v11 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "title",
  "storageKey": null
},
v12 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "mediaType",
  "storageKey": null
},
v13 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "filename",
  "storageKey": null
},
v14 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "url",
  "storageKey": null
},
v15 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "sourceId",
  "storageKey": null
},
v16 = {
  "alias": null,
  "args": null,
  "concreteType": "UIMessage",
  "kind": "LinkedField",
  "name": "uiMessage",
  "plural": false,
  "selections": [
    (v3/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "key",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "threadId",
      "storageKey": null
    },
    (v4/*:: as any*/),
    (v5/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "role",
      "storageKey": null
    },
    (v6/*:: as any*/),
    (v7/*:: as any*/),
    (v8/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "userId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "clientId",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "metadata",
      "storageKey": null
    },
    (v9/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "createdAt",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Usage",
      "kind": "LinkedField",
      "name": "usage",
      "plural": false,
      "selections": [
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "inputTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "outputTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "totalTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "cachedInputTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "reasoningTokens",
          "storageKey": null
        },
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "costMicros",
          "storageKey": null
        }
      ],
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": null,
      "kind": "LinkedField",
      "name": "parts",
      "plural": true,
      "selections": [
        (v2/*:: as any*/),
        {
          "kind": "InlineFragment",
          "selections": (v10/*:: as any*/),
          "type": "TextPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": (v10/*:: as any*/),
          "type": "ReasoningPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "toolCallId",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "toolName",
              "storageKey": null
            },
            (v11/*:: as any*/),
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "dynamic",
              "storageKey": null
            },
            {
              "alias": "toolState",
              "args": null,
              "kind": "ScalarField",
              "name": "state",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "input",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "rawInput",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "output",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "preliminary",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "errorText",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "providerExecuted",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "concreteType": "ToolApproval",
              "kind": "LinkedField",
              "name": "approval",
              "plural": false,
              "selections": [
                (v3/*:: as any*/),
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "approved",
                  "storageKey": null
                },
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "reason",
                  "storageKey": null
                },
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "isAutomatic",
                  "storageKey": null
                },
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "decidedBy",
                  "storageKey": null
                },
                {
                  "alias": null,
                  "args": null,
                  "kind": "ScalarField",
                  "name": "decidedAt",
                  "storageKey": null
                }
              ],
              "storageKey": null
            }
          ],
          "type": "ToolPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v12/*:: as any*/),
            (v13/*:: as any*/),
            (v14/*:: as any*/)
          ],
          "type": "FilePart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v15/*:: as any*/),
            (v14/*:: as any*/),
            (v11/*:: as any*/)
          ],
          "type": "SourceUrlPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v15/*:: as any*/),
            (v12/*:: as any*/),
            {
              "alias": "documentTitle",
              "args": null,
              "kind": "ScalarField",
              "name": "title",
              "storageKey": null
            },
            (v13/*:: as any*/)
          ],
          "type": "SourceDocumentPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v5/*:: as any*/)
          ],
          "type": "StepStartPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "name",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "partId",
              "storageKey": null
            },
            {
              "alias": null,
              "args": null,
              "kind": "ScalarField",
              "name": "data",
              "storageKey": null
            }
          ],
          "type": "DataPart",
          "abstractKey": null
        }
      ],
      "storageKey": null
    }
  ],
  "storageKey": null
},
v17 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "end",
  "storageKey": null
},
v18 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "streamId",
  "storageKey": null
},
v19 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "after",
        "variableName": "after"
      },
      {
        "kind": "Variable",
        "name": "threadId",
        "variableName": "threadId"
      }
    ],
    "concreteType": null,
    "kind": "LinkedField",
    "name": "threadEvents",
    "plural": false,
    "selections": [
      (v2/*:: as any*/),
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "cursor",
            "storageKey": null
          }
        ],
        "type": "Event",
        "abstractKey": "__isEvent"
      },
      {
        "kind": "InlineFragment",
        "selections": [
          (v16/*:: as any*/)
        ],
        "type": "MessageSaved",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "keys",
            "storageKey": null
          }
        ],
        "type": "MessageRemoved",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Stream",
            "kind": "LinkedField",
            "name": "stream",
            "plural": false,
            "selections": [
              (v3/*:: as any*/),
              (v17/*:: as any*/),
              (v16/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "type": "StreamStarted",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "StreamDelta",
            "kind": "LinkedField",
            "name": "delta",
            "plural": false,
            "selections": [
              (v18/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "start",
                "storageKey": null
              },
              (v17/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "parts",
                "storageKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "type": "StreamAdvanced",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          (v18/*:: as any*/)
        ],
        "type": "StreamEnded",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Generation",
            "kind": "LinkedField",
            "name": "generation",
            "plural": false,
            "selections": [
              (v3/*:: as any*/),
              (v4/*:: as any*/),
              (v8/*:: as any*/),
              (v6/*:: as any*/),
              (v9/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "type": "GenerationChanged",
        "abstractKey": null
      },
      {
        "kind": "InlineFragment",
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "Thread",
            "kind": "LinkedField",
            "name": "thread",
            "plural": false,
            "selections": [
              (v3/*:: as any*/),
              (v11/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "type": "ThreadChanged",
        "abstractKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "eventsSubscription",
    "selections": (v19/*:: as any*/),
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "eventsSubscription",
    "selections": (v19/*:: as any*/)
  },
  "params": {
    "cacheID": "d158c389900f1c3540b0acafbddd8872",
    "id": null,
    "metadata": {},
    "name": "eventsSubscription",
    "operationKind": "subscription",
    "text": "subscription eventsSubscription(\n  $threadId: ID!\n  $after: String\n) {\n  threadEvents(threadId: $threadId, after: $after) {\n    __typename\n    ... on Event {\n      __isEvent: __typename\n      cursor\n    }\n    ... on MessageSaved {\n      uiMessage {\n        id\n        key\n        threadId\n        order\n        stepOrder\n        role\n        status\n        text\n        agentName\n        userId\n        clientId\n        metadata\n        error\n        createdAt\n        usage {\n          inputTokens\n          outputTokens\n          totalTokens\n          cachedInputTokens\n          reasoningTokens\n          costMicros\n        }\n        parts {\n          __typename\n          ... on TextPart {\n            text\n            state\n          }\n          ... on ReasoningPart {\n            text\n            state\n          }\n          ... on ToolPart {\n            toolCallId\n            toolName\n            title\n            dynamic\n            toolState: state\n            input\n            rawInput\n            output\n            preliminary\n            errorText\n            providerExecuted\n            approval {\n              id\n              approved\n              reason\n              isAutomatic\n              decidedBy\n              decidedAt\n            }\n          }\n          ... on FilePart {\n            mediaType\n            filename\n            url\n          }\n          ... on SourceUrlPart {\n            sourceId\n            url\n            title\n          }\n          ... on SourceDocumentPart {\n            sourceId\n            mediaType\n            documentTitle: title\n            filename\n          }\n          ... on StepStartPart {\n            stepOrder\n          }\n          ... on DataPart {\n            name\n            partId\n            data\n          }\n        }\n      }\n    }\n    ... on MessageRemoved {\n      keys\n    }\n    ... on StreamStarted {\n      stream {\n        id\n        end\n        uiMessage {\n          id\n          key\n          threadId\n          order\n          stepOrder\n          role\n          status\n          text\n          agentName\n          userId\n          clientId\n          metadata\n          error\n          createdAt\n          usage {\n            inputTokens\n            outputTokens\n            totalTokens\n            cachedInputTokens\n            reasoningTokens\n            costMicros\n          }\n          parts {\n            __typename\n            ... on TextPart {\n              text\n              state\n            }\n            ... on ReasoningPart {\n              text\n              state\n            }\n            ... on ToolPart {\n              toolCallId\n              toolName\n              title\n              dynamic\n              toolState: state\n              input\n              rawInput\n              output\n              preliminary\n              errorText\n              providerExecuted\n              approval {\n                id\n                approved\n                reason\n                isAutomatic\n                decidedBy\n                decidedAt\n              }\n            }\n            ... on FilePart {\n              mediaType\n              filename\n              url\n            }\n            ... on SourceUrlPart {\n              sourceId\n              url\n              title\n            }\n            ... on SourceDocumentPart {\n              sourceId\n              mediaType\n              documentTitle: title\n              filename\n            }\n            ... on StepStartPart {\n              stepOrder\n            }\n            ... on DataPart {\n              name\n              partId\n              data\n            }\n          }\n        }\n      }\n    }\n    ... on StreamAdvanced {\n      delta {\n        streamId\n        start\n        end\n        parts\n      }\n    }\n    ... on StreamEnded {\n      streamId\n    }\n    ... on GenerationChanged {\n      generation {\n        id\n        order\n        agentName\n        status\n        error\n      }\n    }\n    ... on ThreadChanged {\n      thread {\n        id\n        title\n      }\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "25d4ffa6dbef2b7b5ff26c57940dda95";

export default node;

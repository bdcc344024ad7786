/**
 * @generated SignedSource<<3034d06040821b7fec2ae24e5299dfa1>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
export type PartState = "DONE" | "STREAMING" | "%future added value";
export type ToolState = "APPROVAL_REQUESTED" | "APPROVAL_RESPONDED" | "INPUT_AVAILABLE" | "INPUT_STREAMING" | "OUTPUT_AVAILABLE" | "OUTPUT_DENIED" | "OUTPUT_ERROR" | "%future added value";
export type UIMessageRole = "ASSISTANT" | "SYSTEM" | "USER" | "%future added value";
export type UIMessageStatus = "FAILED" | "PENDING" | "STREAMING" | "SUCCESS" | "%future added value";
import { FragmentRefs } from "relay-runtime";
export type message$data = {
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
  readonly " $fragmentType": "message";
};
export type message$key = {
  readonly " $data"?: message$data;
  readonly " $fragmentSpreads": FragmentRefs<"message">;
};

const node: ReaderFragment = (function(){
var v0 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v1 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "stepOrder",
  "storageKey": null
},
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "text",
  "storageKey": null
},
v3 = [
  (v2/*:: as any*/),
  {
    "alias": null,
    "args": null,
    "kind": "ScalarField",
    "name": "state",
    "storageKey": null
  }
],
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "title",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "mediaType",
  "storageKey": null
},
v6 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "filename",
  "storageKey": null
},
v7 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "url",
  "storageKey": null
},
v8 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "sourceId",
  "storageKey": null
};
return {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "message",
  "selections": [
    (v0/*:: as any*/),
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
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "order",
      "storageKey": null
    },
    (v1/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "role",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "status",
      "storageKey": null
    },
    (v2/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "agentName",
      "storageKey": null
    },
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
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "error",
      "storageKey": null
    },
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
        {
          "alias": null,
          "args": null,
          "kind": "ScalarField",
          "name": "__typename",
          "storageKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": (v3/*:: as any*/),
          "type": "TextPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": (v3/*:: as any*/),
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
            (v4/*:: as any*/),
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
                (v0/*:: as any*/),
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
            (v5/*:: as any*/),
            (v6/*:: as any*/),
            (v7/*:: as any*/)
          ],
          "type": "FilePart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v8/*:: as any*/),
            (v7/*:: as any*/),
            (v4/*:: as any*/)
          ],
          "type": "SourceUrlPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v8/*:: as any*/),
            (v5/*:: as any*/),
            {
              "alias": "documentTitle",
              "args": null,
              "kind": "ScalarField",
              "name": "title",
              "storageKey": null
            },
            (v6/*:: as any*/)
          ],
          "type": "SourceDocumentPart",
          "abstractKey": null
        },
        {
          "kind": "InlineFragment",
          "selections": [
            (v1/*:: as any*/)
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
  "type": "UIMessage",
  "abstractKey": null
};
})();

(node as any).hash = "ad55f9722a9ba1d85f94b8ce62264b1f";

export default node;

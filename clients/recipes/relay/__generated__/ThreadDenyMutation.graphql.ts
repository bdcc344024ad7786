/**
 * @generated SignedSource<<8547b232129e0d795a298d07911f1887>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type ToolDecisionInput = {
  approvalId: string;
  continueGeneration?: boolean | null | undefined;
  reason?: string | null | undefined;
  threadId: string;
};
export type ThreadDenyMutation$variables = {
  input: ToolDecisionInput;
};
export type ThreadDenyMutation$data = {
  readonly denyToolCall: {
    readonly userErrors: ReadonlyArray<{
      readonly errorMessage: string;
    }>;
  };
};
export type ThreadDenyMutation = {
  response: ThreadDenyMutation$data;
  variables: ThreadDenyMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "errorMessage",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "ThreadDenyMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "ToolDecisionPayload",
        "kind": "LinkedField",
        "name": "denyToolCall",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": null,
            "kind": "LinkedField",
            "name": "userErrors",
            "plural": true,
            "selections": [
              (v2/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "ThreadDenyMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "ToolDecisionPayload",
        "kind": "LinkedField",
        "name": "denyToolCall",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": null,
            "kind": "LinkedField",
            "name": "userErrors",
            "plural": true,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "__typename",
                "storageKey": null
              },
              (v2/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "c47f3867692d148a59f513c500ba206e",
    "id": null,
    "metadata": {},
    "name": "ThreadDenyMutation",
    "operationKind": "mutation",
    "text": "mutation ThreadDenyMutation(\n  $input: ToolDecisionInput!\n) {\n  denyToolCall(input: $input) {\n    userErrors {\n      __typename\n      errorMessage\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "8afdf7218682d47c90c2ee31c143b134";

export default node;

/**
 * @generated SignedSource<<0777acc72689ccb7ef80745b5e80a077>>
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
export type ThreadApproveMutation$variables = {
  input: ToolDecisionInput;
};
export type ThreadApproveMutation$data = {
  readonly approveToolCall: {
    readonly userErrors: ReadonlyArray<{
      readonly errorMessage: string;
    }>;
  };
};
export type ThreadApproveMutation = {
  response: ThreadApproveMutation$data;
  variables: ThreadApproveMutation$variables;
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
    "name": "ThreadApproveMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "ToolDecisionPayload",
        "kind": "LinkedField",
        "name": "approveToolCall",
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
    "name": "ThreadApproveMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "ToolDecisionPayload",
        "kind": "LinkedField",
        "name": "approveToolCall",
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
    "cacheID": "7521a62ebbf66e8da56b75f2a331b95a",
    "id": null,
    "metadata": {},
    "name": "ThreadApproveMutation",
    "operationKind": "mutation",
    "text": "mutation ThreadApproveMutation(\n  $input: ToolDecisionInput!\n) {\n  approveToolCall(input: $input) {\n    userErrors {\n      __typename\n      errorMessage\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "f9aae5138e9d9b3506178890baf2ed7d";

export default node;

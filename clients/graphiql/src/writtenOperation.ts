import type { FetcherOpts, FetcherParams } from "@graphiql/toolkit";
import { parse, type DocumentNode, type OperationDefinitionNode } from "graphql";

/**
 * Names the operation that is written in the query. GraphiQL reads it with a delay, so just after a change of tabs it
 * still sends the name and the kind of the operation on the tab before.
 */
export function writtenOperation(params: FetcherParams, options?: FetcherOpts): [FetcherParams, FetcherOpts] {
  const documentAST = parsed(params.query);
  if (!documentAST) return [params, options ?? {}];
  const names = documentAST.definitions
    .filter((definition): definition is OperationDefinitionNode => definition.kind === "OperationDefinition")
    .map((definition) => definition.name?.value ?? null);
  const wanted = params.operationName ?? null;
  const [only = null] = names;
  const operationName = names.includes(wanted) || names.length !== 1 ? wanted : only;
  return [{ ...params, operationName }, { ...options, documentAST }];
}

/** Null for a text with a syntax error: the server says what is wrong with it. */
function parsed(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}

/** What is asked of every message. Parts have fields of one name and different types: those get names of their own. */

import { graphql } from "relay-runtime";

export const messageFragment = graphql`
  fragment message on UIMessage {
    id
    key
    threadId
    order
    stepOrder
    role
    status
    text
    agentName
    userId
    clientId
    metadata
    error
    createdAt
    usage {
      inputTokens
      outputTokens
      totalTokens
      cachedInputTokens
      reasoningTokens
      costMicros
    }
    parts {
      __typename
      ... on TextPart {
        text
        state
      }
      ... on ReasoningPart {
        text
        state
      }
      ... on ToolPart {
        toolCallId
        toolName
        title
        dynamic
        toolState: state
        input
        rawInput
        output
        preliminary
        errorText
        providerExecuted
        approval {
          id
          approved
          reason
          isAutomatic
          decidedBy
          decidedAt
        }
      }
      ... on FilePart {
        mediaType
        filename
        url
      }
      ... on SourceUrlPart {
        sourceId
        url
        title
      }
      ... on SourceDocumentPart {
        sourceId
        mediaType
        documentTitle: title
        filename
      }
      ... on StepStartPart {
        stepOrder
      }
      ... on DataPart {
        name
        partId
        data
      }
    }
  }
`;

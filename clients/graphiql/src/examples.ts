/** The tabs of a first visit, in the order in which a newcomer runs them. GraphiQL keeps them in the browser afterwards. */
export const exampleTabs = [
  {
    query: `# Press play or Ctrl-Enter.
# The tabs are in the order to try them.
query Overview {
  serverInfo {
    version
    time
  }
  agents {
    name
    model
  }
  threads(first: 5, orderBy: LAST_MESSAGE) {
    edges {
      node {
        id
        title
        lastMessageAt
        uiMessages(last: 2) {
          edges {
            node {
              role
              status
              text
            }
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: `mutation CreateThread($input: CreateThreadInput!) {
  createThread(input: $input) {
    thread {
      id
      title
      cursor
    }
    userErrors {
      code
      errorMessage
      path
    }
  }
}
`,
    variables: variables({ input: { title: "A first thread" } }),
  },
  {
    query: `# "latest" is the thread used last;
# any thread's id may stand there.
mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    sentMessage {
      key
      text
    }
    generation {
      id
      status
    }
    cursor
    userErrors {
      code
      errorMessage
      path
    }
  }
}
`,
    variables: variables({ input: { threadId: "latest", agentName: "demo", prompt: "Hello! What are you?" } }),
  },
  {
    query: `# Everything that happens in a thread, live.
# Press play, then write in that thread in
# the chat page (link at the top right).
# Leaving this tab ends the subscription.
# "latest" is the thread used last;
# any thread's id may stand there.
subscription ThreadEvents($threadId: ID!, $after: String) {
  threadEvents(threadId: $threadId, after: $after) {
    __typename
    ... on Event {
      cursor
    }
    ... on MessageSaved {
      uiMessage {
        key
        role
        status
        text
        error
      }
    }
    ... on MessageRemoved {
      keys
    }
    ... on StreamStarted {
      stream {
        id
        order
        end
      }
    }
    ... on StreamAdvanced {
      delta {
        streamId
        start
        end
        text
      }
    }
    ... on StreamEnded {
      streamId
      state
      abortReason
    }
    ... on GenerationChanged {
      generation {
        id
        status
        error
      }
    }
    ... on ThreadChanged {
      thread {
        title
        lastMessageAt
      }
    }
    ... on ThreadDeleted {
      threadId
    }
    ... on ResyncRequired {
      reason
    }
  }
}
`,
    variables: variables({ threadId: "latest" }),
  },
];

function variables(value: Record<string, unknown>): string {
  return JSON.stringify(value, null, 2);
}

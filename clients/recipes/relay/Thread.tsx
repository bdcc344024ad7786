/** A live thread with Relay. */

import { Suspense, useCallback, useEffect, useMemo } from "react";
import {
  useMutation,
  usePaginationFragment,
  usePreloadedQuery,
  useQueryLoader,
  useRelayEnvironment,
  useSubscription,
  type PreloadedQuery,
} from "react-relay";
import {
  createOperationDescriptor,
  fetchQuery,
  getRequest,
  graphql,
  type GraphQLSubscriptionConfig,
} from "relay-runtime";
import type { StreamDelta, UIMessage } from "weft-client";
import type { GenerationFragment, StreamFragment } from "weft-client/operations";

import { active, draft, shown } from "../shared/messages.js";
import { Screen } from "../shared/Screen.js";
import type { eventsSubscription as EventsSubscription } from "./__generated__/eventsSubscription.graphql";
import type { Thread_messages$key } from "./__generated__/Thread_messages.graphql";
import type { ThreadApproveMutation } from "./__generated__/ThreadApproveMutation.graphql";
import type { ThreadDenyMutation } from "./__generated__/ThreadDenyMutation.graphql";
import type { ThreadOlderQuery } from "./__generated__/ThreadOlderQuery.graphql";
import type { ThreadQuery } from "./__generated__/ThreadQuery.graphql";
import type { ThreadSendMutation } from "./__generated__/ThreadSendMutation.graphql";
import type { ThreadStopMutation } from "./__generated__/ThreadStopMutation.graphql";
import { advance, eventsSubscription, follow, saved } from "./events.js";

const PAGE = 20;

const threadQuery = graphql`
  query ThreadQuery($id: ID!, $last: Int!) {
    thread(id: $id) {
      id
      cursor
      streams {
        id
        end
        uiMessage {
          ...message @relay(mask: false)
        }
      }
      generations(last: 5) {
        edges {
          node {
            id
            order
            agentName
            status
            error
          }
        }
      }
      ...Thread_messages @arguments(last: $last)
    }
  }
`;

// Nothing but messages: what is in this fragment is read again with every older page, and a cursor must not be.
const messagesFragment = graphql`
  fragment Thread_messages on Thread
  @refetchable(queryName: "ThreadOlderQuery")
  @argumentDefinitions(last: { type: "Int", defaultValue: 20 }, before: { type: "String" }) {
    uiMessages(last: $last, before: $before) @connection(key: "Thread_uiMessages") {
      edges {
        node {
          ...message @relay(mask: false)
        }
      }
    }
  }
`;

// Asks for no generation: the events tell how it goes, and a result that comes late would set it back.
const sendMutation = graphql`
  mutation ThreadSendMutation($input: SendMessageInput!) {
    sendMessage(input: $input) {
      sentMessage {
        ...message @relay(mask: false)
      }
      userErrors {
        errorMessage
      }
    }
  }
`;

const stopMutation = graphql`
  mutation ThreadStopMutation($input: AbortGenerationInput!) {
    abortGeneration(input: $input) {
      userErrors {
        errorMessage
      }
    }
  }
`;

const approveMutation = graphql`
  mutation ThreadApproveMutation($input: ToolDecisionInput!) {
    approveToolCall(input: $input) {
      userErrors {
        errorMessage
      }
    }
  }
`;

const denyMutation = graphql`
  mutation ThreadDenyMutation($input: ToolDecisionInput!) {
    denyToolCall(input: $input) {
      userErrors {
        errorMessage
      }
    }
  }
`;

export function Thread({ id, agentName }: { readonly id: string; readonly agentName: string }) {
  const [loaded, load] = useQueryLoader<ThreadQuery>(threadQuery);
  useEffect(() => {
    // A cursor belongs to the moment at which the thread was read. One from the store may be days old.
    load({ id, last: PAGE }, { fetchPolicy: "network-only" });
  }, [id, load]);
  return <Suspense>{loaded && <LiveThread id={id} agentName={agentName} loaded={loaded} />}</Suspense>;
}

interface Props {
  readonly id: string;
  readonly agentName: string;
  readonly loaded: PreloadedQuery<ThreadQuery>;
}

function LiveThread({ id, agentName, loaded }: Props) {
  const { thread } = usePreloadedQuery<ThreadQuery>(threadQuery, loaded);
  const key: Thread_messages$key | null = thread ?? null;
  const { data, hasPrevious, loadPrevious } = usePaginationFragment<ThreadOlderQuery, Thread_messages$key>(
    messagesFragment,
    key,
  );
  useEvents(id, thread?.cursor ?? null);

  const [sendMessage] = useMutation<ThreadSendMutation>(sendMutation);
  const [abort] = useMutation<ThreadStopMutation>(stopMutation);
  const [approve] = useMutation<ThreadApproveMutation>(approveMutation);
  const [deny] = useMutation<ThreadDenyMutation>(denyMutation);
  if (!thread || !data) return null;

  const messages = data.uiMessages.edges.map((edge) => edge.node as UIMessage);
  const generations = active(thread.generations.edges.map((edge) => edge.node as GenerationFragment));

  function send(prompt: string, clientId: string): Promise<string | null> {
    // Relay knows the type, and complains of a field that nobody asked for.
    const { __typename, ...sentMessage } = draft(id, clientId, prompt);
    return new Promise((resolve) => {
      sendMessage({
        variables: { input: { threadId: id, agentName, prompt, clientId } },
        optimisticResponse: { sendMessage: { sentMessage: sentMessage as never, userErrors: [] } },
        optimisticUpdater: (store) =>
          saved(store, id, store.getRootField("sendMessage")?.getLinkedRecord("sentMessage")),
        updater: (store) => saved(store, id, store.getRootField("sendMessage")?.getLinkedRecord("sentMessage")),
        onCompleted: ({ sendMessage: { userErrors } }) => resolve(userErrors[0]?.errorMessage ?? null),
        onError: (error) => resolve(error.message),
      });
    });
  }

  return (
    <Screen
      messages={shown(messages, thread.streams as readonly StreamFragment[])}
      hasOlder={hasPrevious}
      canStop={generations.length > 0}
      loadOlder={() => loadPrevious(PAGE)}
      send={send}
      stop={() => generations.forEach(({ id: generationId }) => abort({ variables: { input: { generationId } } }))}
      decide={(approvalId, approved) =>
        (approved ? approve : deny)({ variables: { input: { threadId: id, approvalId } } })
      }
    />
  );
}

function useEvents(id: string, after: string | null): void {
  const environment = useRelayEnvironment();
  const variables = useMemo(() => ({ id, last: PAGE }), [id]);
  const readAgain = useCallback(
    () => void fetchQuery<ThreadQuery>(environment, threadQuery, variables).subscribe({ error: () => undefined }),
    [environment, variables],
  );
  const streamsNow = useCallback(() => {
    const { fragment } = createOperationDescriptor(getRequest(threadQuery), variables);
    const { thread } = environment.lookup(fragment).data as unknown as ThreadQuery["response"];
    return (thread?.streams ?? []) as readonly StreamFragment[];
  }, [environment, variables]);

  useSubscription<EventsSubscription>(
    useMemo(
      (): GraphQLSubscriptionConfig<EventsSubscription> => ({
        subscription: eventsSubscription,
        variables: { threadId: id, after },
        updater: (store, response) => response && follow(store, id, response.threadEvents),
        onNext: (response) => {
          const event = response?.threadEvents;
          if (event?.__typename === "ResyncRequired") readAgain();
          if (event?.__typename === "StreamAdvanced" && !advance(environment, streamsNow(), event.delta as StreamDelta))
            readAgain();
        },
        onError: readAgain,
      }),
      [id, after, environment, readAgain, streamsNow],
    ),
  );
}

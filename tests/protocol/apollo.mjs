// Apollo Client 4: HTTP, multipart subscriptions, and the WebSocket link.
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { codes, EVENTS, say } from './say.mjs'

const [url] = process.argv.slice(2)
globalThis.WebSocket = WebSocket // the link looks for a browser's

const apollo = (link) =>
  new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions: { query: { fetchPolicy: 'no-cache' } } })

const failed = (error) => (CombinedGraphQLErrors.is(error) ? codes(error.errors) : String(error))
const told = ({ data, error }) => (error ? failed(error) : data)

const first = (client, query, count) =>
  new Promise((resolve) => {
    const seen = []
    const subscription = client.subscribe({ query, fetchPolicy: 'no-cache' }).subscribe({
      next: (result) => {
        seen.push(told(result))
        if (seen.length !== count) return
        subscription.unsubscribe()
        resolve(seen)
      },
      error: (error) => resolve([...seen, failed(error)]),
      complete: () => resolve([...seen, 'complete']),
    })
  })

const trial = async (how, client) => {
  const query = gql`query Hello($n: String!) { hello(name: $n) }`
  const invalid = gql`query Invalid { nothing }`
  say(`${how} query`, told(await client.query({ query, variables: { n: 'Wéft' } })))
  say(`${how} mutation`, told(await client.mutate({ mutation: gql`mutation Bump { bump }` })))
  say(`${how} invalid`, told(await client.query({ query: invalid, errorPolicy: 'all' })))
  say(`${how} refused`, await first(client, gql`subscription Refused { refused }`, 2))
  say(`${how} events`, await first(client, gql(EVENTS), 3))
  say(`${how} finite`, await first(client, gql`subscription Steps { steps }`, 9))
}

await trial('multipart', apollo(new HttpLink({ uri: url })))

const socket = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 })
await trial('ws', apollo(new GraphQLWsLink(socket)))
await socket.dispose()

// urql over plain HTTP, which sends one Accept header that names everything: over fetch alone, then with graphql-ws.
import { cacheExchange, Client, fetchExchange, gql, subscriptionExchange } from '@urql/core'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { codes, EVENTS, say } from './say.mjs'

const [url] = process.argv.slice(2)

// urql does not wait for the body that it cancels; a browser only notes it in its console.
process.on('unhandledRejection', (error) => {
  if (error?.name !== 'AbortError') throw error
})

const told = ({ data, error }) => data ?? (error.graphQLErrors.length ? codes(error.graphQLErrors) : String(error))

const first = (client, document, count) =>
  new Promise((resolve) => {
    const seen = []
    const { unsubscribe } = client.subscription(document, {}).subscribe((result) => {
      seen.push(told(result))
      if (seen.length === count) {
        unsubscribe()
        resolve(seen)
      }
    })
  })

const trial = async (how, client) => {
  say(`${how} query`, told(await client.query(gql`query ($n: String!) { hello(name: $n) }`, { n: 'Wéft' }).toPromise()))
  say(`${how} mutation`, told(await client.mutation(gql`mutation { bump }`, {}).toPromise()))
  say(`${how} refused`, await first(client, gql`subscription { refused }`, 1))
  const events = first(client, gql(EVENTS), 3)
  say(`${how} events`, await events)
}

await trial('sse', new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false }))

const socket = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 })
const forwardSubscription = (request) => ({
  subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? '' }, sink) }),
})
const exchanges = [cacheExchange, subscriptionExchange({ forwardSubscription }), fetchExchange]
await trial('ws', new Client({ url, exchanges, preferGetMethod: false }))
await socket.dispose()

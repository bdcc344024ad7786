// The graphql-ws client, doing what applications do with it. Prints one JSON line for each thing it sees.
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { say } from './say.mjs'

const [url] = process.argv.slice(2)

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { token: 'x' },
  keepAlive: 20,
  lazy: false,
  retryAttempts: 0,
  on: { connected: () => say('connected'), closed: (event) => say('closed', event.code) },
})

const once = (request) =>
  new Promise((resolve) => {
    let last
    client.subscribe(request, {
      next: (value) => (last = value),
      error: (errors) => resolve({ errors: errors.map((error) => error.extensions.code) }),
      complete: () => resolve(last),
    })
  })

const pong = new Promise((resolve) => client.on('pong', (received) => received && resolve(true)))

say('query', await once({ query: '{ hello params }' }))
say('mutation', await once({ query: 'mutation { bump }' }))
say('invalid', await once({ query: '{ nothing }' }))
say('refused', await once({ query: 'subscription { refused }' }))
say('pong', await pong)

let seen = 0
for await (const result of client.iterate({ query: 'subscription { events(threadId: 1) { ... on Advanced { start } } }' })) {
  say('event', result.data.events.start)
  seen += 1
  if (seen === 3) break
}
say('query', await once({ query: '{ hello }' }))
await client.dispose()

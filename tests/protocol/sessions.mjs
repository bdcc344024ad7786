// Follows a thread with graphql-ws for longer than its tokens are good: each connection brings a new one, as
// applications do, and goes on from the last cursor. Prints one JSON line for each thing it sees.
import { createHmac } from 'node:crypto'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { say } from './say.mjs'

const [url, secret, seconds, thread, after] = process.argv.slice(2)

const written = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

const token = () => {
  const exp = Math.floor(Date.now() / 1000) + Number(seconds)
  const signed = `${written({ alg: 'HS256', typ: 'JWT' })}.${written({ sub: 'ann', exp })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: () => ({ token: token() }),
  retryAttempts: 20,
  retryWait: async () => {},
  on: { closed: (event) => say('closed', [event.code, event.reason]) },
})

const payload = {
  query: `subscription($thread: ID!, $after: String) { threadEvents(threadId: $thread, after: $after) {
    __typename ... on Event { cursor } ... on StreamAdvanced { delta { start end text } }
    ... on StreamEnded { state } } }`,
  variables: { thread, after },
}

let text = ''
let end = 0
client.subscribe(payload, {
  next: ({ data, errors }) => {
    if (errors) return say('errors', errors)
    const event = data.threadEvents
    payload.variables.after = event.cursor
    if (event.__typename === 'StreamAdvanced') {
      if (event.delta.start !== end) say('gap', [end, event.delta.start])
      text += event.delta.text
      end = event.delta.end
    }
    if (event.__typename === 'StreamEnded') {
      say('text', text)
      client.dispose()
    }
  },
  error: (error) => say('error', String(error?.reason ?? error)),
  complete: () => say('complete'),
})

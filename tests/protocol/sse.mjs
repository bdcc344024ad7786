// The graphql-sse client in distinct connections mode, doing what applications do with it.
import { createClient } from 'graphql-sse'
import { codes, EVENTS, say } from './say.mjs'

const [url] = process.argv.slice(2)
const client = createClient({ url, retryAttempts: 0 })

const all = (request) =>
  new Promise((resolve) => {
    const seen = []
    client.subscribe(request, {
      next: (value) => seen.push(value.errors && !value.data ? codes(value.errors) : value.data),
      error: (error) => resolve([...seen, String(error)]),
      complete: () => resolve([...seen, 'complete']),
    })
  })

say('query', await all({ query: 'query ($n: String!) { hello(name: $n) }', variables: { n: 'Wéft' } }))
say('mutation', await all({ query: 'mutation { bump }' }))
say('invalid', await all({ query: '{ nothing }' }))
say('refused', await all({ query: 'subscription { refused }' }))

let seen = 0
for await (const result of client.iterate({ query: EVENTS })) {
  say('event', result.data.events.start)
  if (++seen === 3) break
}
say('left', true)
say('finite', await all({ query: 'subscription { steps }' }))
client.dispose()

// Apollo's automatic persisted queries: which requests it needs for an answer, each time that it asks.
import { createHash } from 'node:crypto'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { say } from './say.mjs'

const [uri] = process.argv.slice(2)
const requests = []
const watched = (address, options) => {
  requests.push(options.method)
  return fetch(address, options)
}
const sha256 = (text) => createHash('sha256').update(text).digest('hex')
const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true })
const client = new ApolloClient({
  link: persisted.concat(new HttpLink({ uri, fetch: watched })),
  cache: new InMemoryCache(),
  defaultOptions: { query: { fetchPolicy: 'no-cache' } },
})

for (let round = 0; round < 3; round += 1) {
  const { data } = await client.query({ query: gql`query Persisted { hello(name: "hash") }` })
  say('persisted', [data, requests.splice(0)])
}

// Runs graphql-http's audits against the URL given and prints those that do not pass, one JSON line each.
import { serverAudits } from 'graphql-http'

const [url] = process.argv.slice(2)
let passed = 0
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const result = await audit.fn()
  if (result.status === 'ok') passed += 1
  else console.log(JSON.stringify({ id: result.id, name: result.name, status: result.status, reason: result.reason }))
}
console.log(JSON.stringify({ passed }))

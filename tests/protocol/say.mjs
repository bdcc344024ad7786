// One JSON line for each thing a client sees.
export const say = (what, value) => console.log(JSON.stringify({ what, value }))

export const EVENTS = 'subscription Events { events(threadId: 1) { __typename ... on Advanced { start } } }'

export const codes = (errors) => errors.map((error) => error.extensions?.code)
